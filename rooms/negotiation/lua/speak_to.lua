#!lua flags=allow-oom
-- speak_to: note whom a seat of a call speaks to, unless something newer stands there.
-- KEYS 1 whom each seat speaks to (hash)  2 since when (hash)
-- ARGV 1 seat  2 listener  3 since when  4 seconds to keep both
-- returns 1 when it stands there now, also when it comes again; 0 when something newer does
local since = redis.call("HGET", KEYS[2], ARGV[1])
if since and tonumber(since) > tonumber(ARGV[3]) then
  return 0
end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
redis.call("HSET", KEYS[2], ARGV[1], ARGV[3])
redis.call("EXPIRE", KEYS[1], ARGV[4])
redis.call("EXPIRE", KEYS[2], ARGV[4])
return 1
