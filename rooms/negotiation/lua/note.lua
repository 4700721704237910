#!lua flags=allow-oom
-- note: put a member into an index.
-- KEYS 1 index (sorted set)
-- ARGV 1 member  2 score
-- returns 1 when it is new there, else 0
return redis.call("ZADD", KEYS[1], ARGV[2], ARGV[1])
