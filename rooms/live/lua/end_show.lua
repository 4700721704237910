-- end_show: take a room off the air, once; only the request that did it is told the show.
-- KEYS 1 show (hash)  2 ended show (list)
-- ARGV 1 request id  2 seconds to remember the request  3 show id  4 epoch of the show;
--      each is empty for whichever runs
-- returns the show's hash as it ended, names and values in turn; empty when none ran
local request, ended = unpack(redis.call("LRANGE", KEYS[2], 0, 1))
if request == ARGV[1] then
  return cjson.decode(ended)
end
local show = redis.call("HGETALL", KEYS[1])
local id, epoch = unpack(redis.call("HMGET", KEYS[1], "id", "epoch"))
if #show == 0 or (ARGV[3] ~= "" and id ~= ARGV[3]) or (ARGV[4] ~= "" and epoch ~= ARGV[4]) then
  return {}
end
redis.call("DEL", KEYS[1], KEYS[2])
redis.call("RPUSH", KEYS[2], ARGV[1], cjson.encode(show))
redis.call("EXPIRE", KEYS[2], ARGV[2])
return show
