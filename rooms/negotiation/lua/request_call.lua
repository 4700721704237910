-- request_call: let a call ring, unless this request made one before or one of the buyer rings already.
-- KEYS 1 call (hash)  2 ringing call (text)  3 requests of the buyer (list)  4 waiting (sorted set)
-- KEYS 5 deadlines (sorted set)
-- ARGV 1 call id  2 request key  3 now  4 deadline  5 seconds to keep the keys  6 and on: field, value, ...
-- returns the id of the call that rings or was made before
for _, entry in ipairs(redis.call("LRANGE", KEYS[3], 0, -1)) do
  local key, id = entry:match("^(%S+) (%S+)$")
  if key == ARGV[2] then
    return id
  end
end
local id = redis.call("GET", KEYS[2])
if not id then
  id = ARGV[1]
  redis.call("HSET", KEYS[1], unpack(ARGV, 6))
  redis.call("SET", KEYS[2], id, "EX", ARGV[5])
  redis.call("ZADD", KEYS[4], ARGV[3], id)
  redis.call("ZADD", KEYS[5], ARGV[4], id)
end
redis.call("RPUSH", KEYS[3], ARGV[2] .. " " .. id)
redis.call("LTRIM", KEYS[3], -32, -1)
redis.call("EXPIRE", KEYS[3], ARGV[5])
return id
