#!lua flags=allow-oom
-- hold_seats: count up sockets that sit in a meeting; what does not count up any more is gone.
-- KEYS 1 held seats (hash)
-- ARGV 1 and on: names of the sockets
-- returns how many there are
for _, name in ipairs(ARGV) do
  redis.call("HINCRBY", KEYS[1], name, 1)
end
return #ARGV
