#!lua flags=allow-oom
-- tear_ticket: use up a ticket that opens one conversation only.
-- KEYS 1 stub (text)
-- ARGV 1 request id  2 seconds to remember it
-- returns 1 when it was not used before, also when the request comes again; else 0
if redis.call("SET", KEYS[1], ARGV[1], "NX", "EX", ARGV[2]) then
  return 1
end
return redis.call("GET", KEYS[1]) == ARGV[1] and 1 or 0
