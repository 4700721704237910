#!lua flags=allow-oom
-- renew_duty: extend a lease that still runs; one that ended must be taken anew.
-- KEYS 1 duty (sorted set)  2 names (hash)  3 consoles (sorted set)
-- ARGV 1 account  2 now  3 new end of the lease  4 seconds to keep the keys  5 console: account, blank, its name
-- returns 1 when it was extended, else 0
local ends = redis.call("ZSCORE", KEYS[1], ARGV[1])
if not ends or tonumber(ends) <= tonumber(ARGV[2]) then
  return 0
end
redis.call("ZADD", KEYS[1], ARGV[3], ARGV[1])
redis.call("ZADD", KEYS[3], ARGV[3], ARGV[5])
for _, key in ipairs(KEYS) do
  redis.call("EXPIRE", key, ARGV[4])
end
return 1
