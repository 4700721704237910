-- begin_show: put a room on the air; a show that is live or still waits for its picture goes on.
-- KEYS 1 show (hash)
-- ARGV 1 id for a new show  2 room  3 anchor  4 now  5 grace in seconds  6 title for a new show
--      7 the film and its length, if one is shown  8 the node that the picture comes to
--      9 the epoch at which that node knew the show whose picture it has again; empty for a new picture, which
--        takes the show over, while one that is back leaves it where it is live at a later epoch
-- returns the show's hash, names and values in turn
local state, away_since, epoch = unpack(redis.call("HMGET", KEYS[1], "state", "away_since", "epoch"))
local over = state == "away" and tonumber(ARGV[4]) - tonumber(away_since) > tonumber(ARGV[5])
if not state or over then
  redis.call("DEL", KEYS[1])
  redis.call("HSET", KEYS[1], "id", ARGV[1], "room", ARGV[2], "anchor", ARGV[3], "started_at", ARGV[4],
    "state", "live", "away_since", "", "epoch", (epoch or 0) + 1, "title", ARGV[6], "film", ARGV[7],
    "node", ARGV[8])
  return redis.call("HGETALL", KEYS[1])
end
local anchor, film, node = unpack(redis.call("HMGET", KEYS[1], "anchor", "film", "node"))
local is_elsewhere = state == "live" and (node or "") ~= "" and node ~= ARGV[8]
if is_elsewhere and ARGV[9] ~= "" and tonumber(epoch) > tonumber(ARGV[9]) then
  return redis.call("HGETALL", KEYS[1])
end
if state == "away" or anchor ~= ARGV[3] or (film or "") ~= ARGV[7] or (node or "") ~= ARGV[8] then
  redis.call("HSET", KEYS[1], "state", "live", "away_since", "", "anchor", ARGV[3], "film", ARGV[7],
    "node", ARGV[8], "epoch", epoch + 1)
end
return redis.call("HGETALL", KEYS[1])
