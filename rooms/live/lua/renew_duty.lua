-- renew_duty: extend a lease that still runs; one that ended must be taken anew.
-- KEYS 1 duty (sorted set)  2 names (hash)
-- ARGV 1 account  2 now  3 new end of the lease  4 seconds to keep the keys
-- returns 1 when it was extended, else 0
local ends = redis.call("ZSCORE", KEYS[1], ARGV[1])
if not ends or tonumber(ends) <= tonumber(ARGV[2]) then
  return 0
end
redis.call("ZADD", KEYS[1], ARGV[3], ARGV[1])
redis.call("EXPIRE", KEYS[1], ARGV[4])
redis.call("EXPIRE", KEYS[2], ARGV[4])
return 1
