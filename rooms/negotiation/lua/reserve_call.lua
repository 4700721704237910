#!lua flags=allow-oom
-- reserve_call: let a buyer ask for a call in one more room, within the limits over all rooms.
-- KEYS 1 rooms where the buyer's calls wait (sorted set)  2 tries of the buyer (sorted set)
-- ARGV 1 room  2 request key  3 now  4 when the place is free again  5 rooms allowed  6 tries allowed
-- ARGV 7 seconds a try counts
-- returns 1 when the buyer may, also when the request comes again; 0 when a limit is reached
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", ARGV[3])
redis.call("ZREMRANGEBYSCORE", KEYS[2], "-inf", tonumber(ARGV[3]) - tonumber(ARGV[7]))
local try = ARGV[1] .. " " .. ARGV[2]
local is_new_room = not redis.call("ZSCORE", KEYS[1], ARGV[1])
local is_new_try = not redis.call("ZSCORE", KEYS[2], try)
if is_new_room and redis.call("ZCARD", KEYS[1]) >= tonumber(ARGV[5]) then
  return 0
end
if is_new_try and redis.call("ZCARD", KEYS[2]) >= tonumber(ARGV[6]) then
  return 0
end
redis.call("ZADD", KEYS[1], ARGV[4], ARGV[1])
redis.call("ZADD", KEYS[2], "NX", ARGV[3], try)
redis.call("EXPIRE", KEYS[2], ARGV[7])
return 1
