-- add_post: keep a post when its author's bucket holds a token; it fills with time.
-- KEYS 1 chat (list)  2 bucket (hash)
-- ARGV 1 post id  2 post as JSON  3 now  4 size of the bucket  5 tokens a second  6 posts to keep
-- ARGV 7 seconds to keep the chat
-- returns 0 when the post is kept, else the seconds to wait, as text
local tokens, at, last = unpack(redis.call("HMGET", KEYS[2], "tokens", "at", "last"))
if last == ARGV[1] then
  return "0"
end
local now, size, rate = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local filled = size
if tokens then
  filled = math.min(size, tonumber(tokens) + math.max(0, now - tonumber(at)) * rate)
end
if filled < 1 then
  return tostring((1 - filled) / rate)
end
redis.call("HSET", KEYS[2], "tokens", filled - 1, "at", ARGV[3], "last", ARGV[1])
redis.call("EXPIRE", KEYS[2], math.ceil(size / rate) + 60)
redis.call("RPUSH", KEYS[1], ARGV[2])
redis.call("LTRIM", KEYS[1], -tonumber(ARGV[6]), -1)
redis.call("EXPIRE", KEYS[1], ARGV[7])
return "0"
