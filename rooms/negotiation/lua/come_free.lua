#!lua flags=allow-oom
-- come_free: forget the call somebody is in, if it does not have them.
-- KEYS 1 the call somebody is in (text)  2 that call (hash)
-- ARGV 1 call id  2 account
-- returns 1 when they are in none now, else 0
local noted = redis.call("GET", KEYS[1])
if noted and noted ~= ARGV[1] then
  return 0
end
local state, inside = unpack(redis.call("HMGET", KEYS[2], "state", "inside"))
local has_them = inside and (" " .. inside .. " "):find(" " .. ARGV[2] .. " ", 1, true)
if state == "talking" and has_them then
  return 0
end
redis.call("DEL", KEYS[1])
return 1
