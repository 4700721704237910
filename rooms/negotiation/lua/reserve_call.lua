-- reserve_call: give a buyer one more open call, within the limits over all rooms.
-- KEYS 1 calls of the buyer (sorted set)  2 tries of the buyer (sorted set)
-- ARGV 1 call id  2 now  3 when the place is free again  4 open calls allowed  5 tries allowed  6 within seconds
-- returns "ok", "open" when too many are open, "tries" when too many were asked for
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", ARGV[2])
redis.call("ZREMRANGEBYSCORE", KEYS[2], "-inf", tonumber(ARGV[2]) - tonumber(ARGV[6]))
if redis.call("ZSCORE", KEYS[1], ARGV[1]) then
  return "ok"
end
if redis.call("ZCARD", KEYS[2]) >= tonumber(ARGV[5]) then
  return "tries"
end
if redis.call("ZCARD", KEYS[1]) >= tonumber(ARGV[4]) then
  return "open"
end
redis.call("ZADD", KEYS[1], ARGV[3], ARGV[1])
redis.call("ZADD", KEYS[2], ARGV[2], ARGV[1])
redis.call("EXPIRE", KEYS[2], ARGV[6])
return "ok"
