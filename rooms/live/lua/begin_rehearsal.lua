-- begin_rehearsal: let the next picture of a room be seen by its staff only, unless a show runs.
-- KEYS 1 rehearsal (text)  2 show (hash)
-- ARGV 1 who rehearses  2 seconds to keep it
-- returns 1 when the room rehearses now, whoever began; 0 when a show runs
if redis.call("EXISTS", KEYS[2]) == 1 then
  return 0
end
if (redis.call("GET", KEYS[1]) or "") == "" then
  redis.call("SET", KEYS[1], ARGV[1])
end
redis.call("EXPIRE", KEYS[1], ARGV[2])
return 1
