#!lua flags=allow-oom
-- take_duty: put somebody on duty in a room, at one console, until the lease ends.
-- KEYS 1 duty (sorted set)  2 names (hash)  3 consoles (sorted set)
-- ARGV 1 account  2 name  3 now  4 end of the lease  5 seconds to keep the keys  6 console: account, blank, its name
-- returns 1 when nobody held this duty before, else 0
for _, gone in ipairs(redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[3])) do
  redis.call("ZREM", KEYS[1], gone)
  redis.call("HDEL", KEYS[2], gone)
end
redis.call("ZREMRANGEBYSCORE", KEYS[3], "-inf", ARGV[3])
local new = redis.call("ZADD", KEYS[1], ARGV[4], ARGV[1])
redis.call("HSET", KEYS[2], ARGV[1], ARGV[2])
redis.call("ZADD", KEYS[3], ARGV[4], ARGV[6])
for _, key in ipairs(KEYS) do
  redis.call("EXPIRE", key, ARGV[5])
end
return new
