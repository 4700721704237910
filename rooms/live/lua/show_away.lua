-- show_away: note that the picture of a live show is gone, unless it comes in elsewhere; its viewers wait.
-- KEYS 1 show (hash)
-- ARGV 1 now  2 the node that the picture came to, or empty for any
-- returns the show's hash, names and values in turn; empty when there is no show
local state, node = unpack(redis.call("HMGET", KEYS[1], "state", "node"))
if state == "live" and (ARGV[2] == "" or not node or node == "" or node == ARGV[2]) then
  redis.call("HSET", KEYS[1], "state", "away", "away_since", ARGV[1])
  redis.call("HINCRBY", KEYS[1], "epoch", 1)
end
return redis.call("HGETALL", KEYS[1])
