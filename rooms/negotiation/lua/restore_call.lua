#!lua flags=allow-oom
-- restore_call: put back an open call that the store has lost; one that is there stays as it is.
-- KEYS 1 call (hash)  2 unanswered call (text)  3 unanswered (sorted set)  4 deadlines (sorted set)
-- KEYS 5 who talks (hash)  6 and on: the call somebody is in (text), of each who is in this one
-- ARGV 1 call id  2 state  3 when it was asked for  4 deadline  5 seconds to keep what points at it
-- ARGV 6 staff who talk, or empty  7 and on: field, value, ...
-- returns 1 when it was put back, else 0
if redis.call("EXISTS", KEYS[1]) == 1 then
  return 0
end
redis.call("HSET", KEYS[1], unpack(ARGV, 7))
redis.call("ZADD", KEYS[4], ARGV[4], ARGV[1])
if ARGV[6] ~= "" then
  redis.call("HSET", KEYS[5], ARGV[1], ARGV[6])
end
for number = 6, #KEYS do
  redis.call("SET", KEYS[number], ARGV[1], "EX", ARGV[5])
end
if ARGV[2] == "ringing" or ARGV[2] == "waiting" then
  redis.call("SET", KEYS[2], ARGV[1], "EX", ARGV[5])
  redis.call("ZADD", KEYS[3], ARGV[3], ARGV[1])
end
return 1
