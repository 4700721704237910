-- take_duty: put somebody on duty in a room until the lease ends.
-- KEYS 1 duty (sorted set)  2 names (hash)
-- ARGV 1 account  2 name  3 now  4 end of the lease  5 seconds to keep the keys
-- returns 1 when nobody held this duty before, else 0
for _, gone in ipairs(redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[3])) do
  redis.call("ZREM", KEYS[1], gone)
  redis.call("HDEL", KEYS[2], gone)
end
local new = redis.call("ZADD", KEYS[1], ARGV[4], ARGV[1])
redis.call("HSET", KEYS[2], ARGV[1], ARGV[2])
redis.call("EXPIRE", KEYS[1], ARGV[5])
redis.call("EXPIRE", KEYS[2], ARGV[5])
return new
