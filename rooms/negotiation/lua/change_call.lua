#!lua flags=allow-oom
-- change_call: swap a call for what it becomes, if nobody changed it since it was read.
-- KEYS 1 call (hash)  2 requests that changed it (list)  3 unanswered call (text)  4 unanswered (sorted set)
-- KEYS 5 deadlines (sorted set)  6 who talks (hash)  7 and on: the call somebody is in (text)
-- ARGV 1 call id  2 request id  3 state it was read in  4 epoch it was read at  5 state it gets
-- ARGV 6 deadline, or empty for none  7 seconds to keep a call that is over  8 staff who talk, or empty
-- ARGV 9 when it was asked for  10 and on: what becomes of each of these people: who "comes" must be in no
-- other call, who "is" in it may be, who "stays" was in it before, who "goes" is not any more; and then
-- field, value, ...
-- returns the epoch this request made, also when it comes again; false when the call has moved on; a list
-- of the people who are in another call, by their place among the keys, from 1 on
for _, entry in ipairs(redis.call("LRANGE", KEYS[2], 0, -1)) do
  local request, epoch = entry:match("^(%S+) (%d+)$")
  if request == ARGV[2] then
    return tonumber(epoch)
  end
end
local state, epoch = unpack(redis.call("HMGET", KEYS[1], "state", "epoch"))
if state ~= ARGV[3] or epoch ~= ARGV[4] then
  return false
end
local elsewhere = {}
for number = 7, #KEYS do
  local other = ARGV[number + 3] == "comes" and redis.call("GET", KEYS[number])
  if other and other ~= ARGV[1] then
    elsewhere[#elsewhere + 1] = number - 6
  end
end
if #elsewhere > 0 then
  return elsewhere
end
epoch = tonumber(epoch) + 1
local is_unanswered = ARGV[5] == "ringing" or ARGV[5] == "waiting"
redis.call("HSET", KEYS[1], unpack(ARGV, #KEYS + 4))
redis.call("HSET", KEYS[1], "state", ARGV[5], "epoch", epoch)
redis.call("RPUSH", KEYS[2], ARGV[2] .. " " .. epoch)
redis.call("LTRIM", KEYS[2], -32, -1)
for number = 7, #KEYS do
  local becomes, noted = ARGV[number + 3], redis.call("GET", KEYS[number])
  if becomes == "goes" then
    if noted == ARGV[1] then
      redis.call("DEL", KEYS[number])
    end
  elseif becomes ~= "stays" or not noted or noted == ARGV[1] then
    redis.call("SET", KEYS[number], ARGV[1], "EX", ARGV[7])
  end
end
if ARGV[8] ~= "" then
  redis.call("HSET", KEYS[6], ARGV[1], ARGV[8])
else
  redis.call("HDEL", KEYS[6], ARGV[1])
end
if is_unanswered then
  redis.call("SET", KEYS[3], ARGV[1], "NX", "EX", ARGV[7])
  redis.call("ZADD", KEYS[4], ARGV[9], ARGV[1])
else
  redis.call("ZREM", KEYS[4], ARGV[1])
  if redis.call("GET", KEYS[3]) == ARGV[1] then
    redis.call("DEL", KEYS[3])
  end
end
if ARGV[6] ~= "" then
  redis.call("ZADD", KEYS[5], ARGV[6], ARGV[1])
else
  redis.call("ZREM", KEYS[5], ARGV[1])
end
if is_unanswered or ARGV[5] == "talking" then
  redis.call("PERSIST", KEYS[1])
  redis.call("PERSIST", KEYS[2])
else
  redis.call("EXPIRE", KEYS[1], ARGV[7])
  redis.call("EXPIRE", KEYS[2], ARGV[7])
end
return epoch
