-- open_rehearsal: what is rehearsed in a room shall go live: whoever has its picture finds this out.
-- KEYS 1 rehearsal (text)
-- ARGV 1 seconds to keep the wish
-- returns 1 when the room rehearsed or was told already, else 0
if redis.call("EXISTS", KEYS[1]) == 0 then
  return 0
end
redis.call("SET", KEYS[1], "", "EX", ARGV[1])
return 1
