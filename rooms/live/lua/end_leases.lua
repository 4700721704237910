-- end_leases: take those off duty whose lease has ended.
-- KEYS 1 duty (sorted set)  2 names (hash)  3 consoles (sorted set)
-- ARGV 1 now
-- returns how many went off duty by this
local gone = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[1])
for _, account in ipairs(gone) do
  redis.call("ZREM", KEYS[1], account)
  redis.call("HDEL", KEYS[2], account)
end
redis.call("ZREMRANGEBYSCORE", KEYS[3], "-inf", ARGV[1])
return #gone
