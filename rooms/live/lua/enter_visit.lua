-- enter_visit: note that a buyer is in a room, as a new visit unless the one before still runs.
-- KEYS 1 visits (sorted set)  2 visitors (hash)  3 invited (hash)
-- ARGV 1 account  2 the buyer as JSON  3 now  4 end of the lease  5 seconds to keep the keys
-- returns 1 when a visit began, else 0
for _, gone in ipairs(redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[3])) do
  redis.call("ZREM", KEYS[1], gone)
  redis.call("HDEL", KEYS[2], gone)
  redis.call("HDEL", KEYS[3], gone)
end
local new = redis.call("ZADD", KEYS[1], ARGV[4], ARGV[1])
redis.call("HSETNX", KEYS[2], ARGV[1], ARGV[2])
for _, key in ipairs(KEYS) do
  redis.call("EXPIRE", key, ARGV[5])
end
return new
