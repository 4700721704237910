-- put_back_show: have a show again that the store has forgotten; one that runs stays, one that ended does too.
-- KEYS 1 show (hash)  2 ended show (list)
-- ARGV 1 show id  2 and on: field, value, ...
-- returns 1 when it was put back, else 0
local ended = redis.call("LINDEX", KEYS[2], 1)
if redis.call("EXISTS", KEYS[1]) == 1 or (ended and string.find(ended, ARGV[1], 1, true)) then
  return 0
end
redis.call("HSET", KEYS[1], unpack(ARGV, 2))
return 1
