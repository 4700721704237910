-- forget_hint: take an entry out of an index, unless somebody has renewed it since it was read.
-- KEYS 1 index (sorted set)
-- ARGV 1 member  2 highest score it may have
-- returns 1 when it was taken out, else 0
local score = redis.call("ZSCORE", KEYS[1], ARGV[1])
if score and tonumber(score) <= tonumber(ARGV[2]) then
  return redis.call("ZREM", KEYS[1], ARGV[1])
end
return 0
