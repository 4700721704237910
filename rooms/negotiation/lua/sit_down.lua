#!lua flags=allow-oom
-- sit_down: note a socket among those that sit in a meeting.
-- KEYS 1 seats (set)
-- ARGV 1 seat: account, blank, socket  2 seconds to keep the seats
-- returns 1 when it sits there only now, else 0
local new = redis.call("SADD", KEYS[1], ARGV[1])
redis.call("EXPIRE", KEYS[1], ARGV[2])
return new
