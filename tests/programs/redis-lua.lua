-- SPDX-License-Identifier: GPL-3.0-or-later
-- redis-lua, a client library in Lua.
local found, redis = pcall (require, 'redis')
if not found then
  print ('1..0 # SKIP lua-redis is not installed')
  os.exit (0)
end

local cases, failed = 0, 0

local function equal (name, got, wanted)
  cases = cases + 1
  if got == wanted then
    print (('ok %d - %s'):format (cases, name))
  else
    failed = failed + 1
    print (('# %s, not %s'):format (tostring (got), tostring (wanted)))
    print (('not ok %d - %s'):format (cases, name))
  end
end

local client = redis.connect (os.getenv ('REDIS_HOST'),
                              tonumber (os.getenv ('REDIS_PORT')))
equal ('ping', client:ping (), true)
equal ('set', client:set ('k', 'v\r\n'), true)
equal ('get', client:get ('k'), 'v\r\n')
equal ('none', client:get ('none'), nil)
equal ('incrby', client:incrby ('n', 42), 42)
local replies = client:pipeline (function (p)
  for i = 1, 500 do
    p:set ('p' .. i, i)
    p:get ('p' .. i)
  end
end)
equal ('pipeline', #replies, 1000)
equal ('last', replies[1000], '500')
local results = client:transaction (function (t)
  t:incr ('n')
  t:get ('n')
end)
equal ('transaction', results[2], '43')
equal ('error', pcall (client.incr, client, 'k'), false)
equal ('rpush', client:rpush ('l', 'a', 'b'), 2)
equal ('lrange', table.concat (client:lrange ('l', 0, -1), ','), 'a,b')
client:hmset ('h', 'f', 'v')
equal ('hgetall', client:hgetall ('h').f, 'v')
client:zadd ('z', 1, 'a')
equal ('zscore', client:zscore ('z', 'a'), '1')
print ('1..' .. cases)
os.exit (failed == 0 and 0 or 1)
