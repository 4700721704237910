-- end_duty: a console rings no more; who has no other one in the room, on whatever node, is off duty.
-- KEYS 1 duty (sorted set)  2 consoles (sorted set)
-- ARGV 1 account  2 now  3 console: account, blank, its name
-- returns 1 when the account went off duty by this, else 0
redis.call("ZREM", KEYS[2], ARGV[3])
redis.call("ZREMRANGEBYSCORE", KEYS[2], "-inf", ARGV[2])
local prefix = ARGV[1] .. " "
for _, console in ipairs(redis.call("ZRANGE", KEYS[2], 0, -1)) do
  if string.sub(console, 1, #prefix) == prefix then
    return 0
  end
end
return redis.call("ZREM", KEYS[1], ARGV[1])
