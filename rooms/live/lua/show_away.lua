-- show_away: note that the picture of a live show is gone; its viewers wait.
-- KEYS 1 show (hash)
-- ARGV 1 now
-- returns the show's hash, names and values in turn; empty when there is no show
if redis.call("HGET", KEYS[1], "state") == "live" then
  redis.call("HSET", KEYS[1], "state", "away", "away_since", ARGV[1])
  redis.call("HINCRBY", KEYS[1], "epoch", 1)
end
return redis.call("HGETALL", KEYS[1])
