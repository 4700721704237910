#!lua flags=allow-oom
-- request_call: add a call, unless this request made one before or one of the buyer waits for an answer.
-- KEYS 1 call (hash)  2 unanswered call (text)  3 requests of who asks (list)  4 unanswered (sorted set)
-- KEYS 5 deadlines (sorted set)  6 when the buyer last asked here (text)
-- ARGV 1 call id  2 request key  3 now  4 deadline  5 seconds to keep the keys
-- ARGV 6 seconds between two calls, 0 for none  7 and on: field, value, ...
-- returns the id of the call that waits for an answer or was made before; or "soon", a blank, and how many
-- seconds are left until the next one may be made
for _, entry in ipairs(redis.call("LRANGE", KEYS[3], 0, -1)) do
  local key, id = entry:match("^(%S+) (%S+)$")
  if key == ARGV[2] then
    return id
  end
end
local id = redis.call("GET", KEYS[2])
if not id then
  local last = redis.call("GET", KEYS[6])
  local left = last and tonumber(last) + tonumber(ARGV[6]) - tonumber(ARGV[3]) or 0
  if left > 0 then
    return "soon " .. math.ceil(left)
  end
  id = ARGV[1]
  redis.call("HSET", KEYS[1], unpack(ARGV, 7))
  redis.call("SET", KEYS[2], id, "EX", ARGV[5])
  redis.call("ZADD", KEYS[4], ARGV[3], id)
  redis.call("ZADD", KEYS[5], ARGV[4], id)
  if tonumber(ARGV[6]) > 0 then
    redis.call("SET", KEYS[6], ARGV[3], "PX", math.ceil(tonumber(ARGV[6]) * 1000))
  end
end
redis.call("RPUSH", KEYS[3], ARGV[2] .. " " .. id)
redis.call("LTRIM", KEYS[3], -32, -1)
redis.call("EXPIRE", KEYS[3], ARGV[5])
return id
