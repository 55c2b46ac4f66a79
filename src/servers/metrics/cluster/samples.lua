#!lua name=millrace_metrics_1

-- What the servers of the store do by themselves, for one partition at a time. The number in the name of the library is
-- the version of the layout; docs/scale.md describes it.
--
--   mr:{tag}            ZSET    registry: keys by the number of their first put
--   mo:{tag}KEY         STRING  the newest samples of a key, until there are 85
--   mh:{tag}START:KEY   STRING  a run: up to 340 samples, none before START; the first of an era starts with it
--   mc:{tag}KEY         ZSET    the STARTs of a key
--   mf:{tag}WRITER      STRING  number of the last call of a writer, for a day
--   mn:{tag}            STRING  number of samples
--
-- A sample has 12 bytes, big-endian: the low 32 bits of its timestamp, and a double. Samples of one string are sorted
-- and of one era, the upper bits of the timestamp; `mo` has those of era 0 (1970 to 2106) only.
--
-- While a slot moves to another server, a function fails at the first key that is not here, be it gone or new, and what
-- it has done until then stays. So new strings are made before others are cut, and everything may be done again.

local RECORD = 12
local OPEN_BYTES = 85 * RECORD
-- 4,080 bytes and the head of a string fill 4,096, which the allocator hands out whole.
local RUN_BYTES = 340 * RECORD
local ERA = 4294967296
local FENCE_SECONDS = 86400

-- The low bits of the timestamp of a record; the first record is number 0.
local function offset_at(run, index)
  return (struct.unpack('>I4', run, index * RECORD + 1))
end

local function last_offset(run)
  return offset_at(run, #run / RECORD - 1)
end

-- The number of the first record at or after an offset.
local function find(run, offset, low)
  local high = #run / RECORD
  while low < high do
    local middle = math.floor((low + high) / 2)
    if offset_at(run, middle) < offset then low = middle + 1 else high = middle end
  end
  return low
end

-- Both runs in one; of two records with one offset the newer run's stays.
local function merge(older, newer)
  if older == '' or last_offset(older) < offset_at(newer, 0) then return older .. newer end
  local pieces, index, count = {}, 0, #older / RECORD
  for number = 0, #newer / RECORD - 1 do
    local offset = offset_at(newer, number)
    local place = find(older, offset, index)
    pieces[#pieces + 1] = string.sub(older, index * RECORD + 1, place * RECORD)
    pieces[#pieces + 1] = string.sub(newer, number * RECORD + 1, (number + 1) * RECORD)
    index = place
    if place < count and offset_at(older, place) == offset then index = place + 1 end
  end
  pieces[#pieces + 1] = string.sub(older, index * RECORD + 1)
  return table.concat(pieces)
end

local function start_text(era, offset)
  return string.format('%.0f', era * ERA + offset)
end

-- The names of everything that a key has.
local function names_of(tag, key)
  local function run_name(start)
    return 'mh:' .. tag .. start .. ':' .. key
  end
  return { open = 'mo:' .. tag .. key, index = 'mc:' .. tag .. key, run = run_name }
end

-- Stores sorted records as new runs; the first one starts with its first record, or as told.
local function add_runs(names, era, records, first_start)
  for at = 1, #records, RUN_BYTES do
    local run = string.sub(records, at, at + RUN_BYTES - 1)
    local start = at == 1 and first_start or start_text(era, offset_at(run, 0))
    redis.call('SET', names.run(start), run)
    redis.call('ZADD', names.index, start, start)
  end
end

-- Moves the newest samples to the last run, where there is room, or to a new one. Strings that grew by APPEND have up to
-- twice their length; SET gives them just as much as they need.
local function close_open(names, records)
  local last = redis.call('ZREVRANGEBYSCORE', names.index, '(' .. ERA, 0, 'LIMIT', 0, 1)[1]
  local name = last and names.run(last)
  if name and redis.call('STRLEN', name) + #records <= RUN_BYTES then
    redis.call('SET', name, redis.call('GET', name) .. records)
  else
    add_runs(names, 0, records, not last and '0')
  end
  redis.call('DEL', names.open)
end

local function set_open(names, records)
  if #records >= OPEN_BYTES then close_open(names, records) else redis.call('SET', names.open, records) end
end

-- Puts samples into one run; what does not fit makes new runs.
local function put_into_run(names, era, start, records)
  local name = names.run(start)
  local older = redis.call('GET', name)
  if not older then
    add_runs(names, era, records, start)
    return #records / RECORD
  end
  local is_newer = last_offset(older) < offset_at(records, 0)
  local merged = merge(older, records)
  if #merged > RUN_BYTES and is_newer then
    add_runs(names, era, records)
  elseif #merged > RUN_BYTES then
    local half = math.floor(#merged / RECORD / 2) * RECORD
    add_runs(names, era, string.sub(merged, half + 1))
    redis.call('SET', name, string.sub(merged, 1, half))
  elseif is_newer then
    redis.call('APPEND', name, records)
  else
    redis.call('SET', name, merged)
  end
  return (#merged - #older) / RECORD
end

-- Puts samples into the runs, each into the last that starts at or before it.
local function put_into_runs(names, era, records)
  local added = 0
  local first, last = start_text(era, 0), '(' .. start_text(era + 1, 0)
  while records ~= '' do
    local at = start_text(era, offset_at(records, 0))
    local start = redis.call('ZREVRANGEBYSCORE', names.index, at, first, 'LIMIT', 0, 1)[1] or first
    local after = redis.call('ZRANGEBYSCORE', names.index, '(' .. start, last, 'LIMIT', 0, 1)[1]
    local count = after and find(records, tonumber(after) - era * ERA, 0) or #records / RECORD
    added = added + put_into_run(names, era, start, string.sub(records, 1, count * RECORD))
    records = string.sub(records, count * RECORD + 1)
  end
  return added
end

-- Era 0 where the samples are not just newer than all others.
local function put_between(names, records)
  local open = redis.call('GET', names.open) or ''
  local last = redis.call('ZREVRANGEBYSCORE', names.index, '(' .. ERA, 0, 'LIMIT', 0, 1)[1]
  local added = 0
  if last then
    local boundary
    if open ~= '' then
      boundary = offset_at(open, 0)
    else
      boundary = (struct.unpack('>I4', redis.call('GETRANGE', names.run(last), -RECORD, -9))) + 1
    end
    local count = find(records, boundary, 0)
    if count > 0 then added = put_into_runs(names, 0, string.sub(records, 1, count * RECORD)) end
    records = string.sub(records, count * RECORD + 1)
    if records == '' then return added end
  end
  local merged = merge(open, records)
  set_open(names, merged)
  return added + (#merged - #open) / RECORD
end

-- Puts samples in whatever order; nil when the key needs a number and has none.
local function put_slowly(tag, open, group)
  local key = string.sub(open, 4 + #tag)
  local registry = 'mr:' .. tag
  if not redis.call('ZSCORE', registry, key) then
    if not group.order then return nil end
    redis.call('ZADD', registry, group.order, key)
  end
  local names = names_of(tag, key)
  if group.era == 0 then return put_between(names, group.records) end
  return put_into_runs(names, group.era, group.records)
end

-- Whether this call of a writer, or a later one, has been here. What was here is written once more, so that a WAIT on
-- this connection is about it.
local function is_late(fence, number)
  local last = redis.call('GET', fence)
  if not last or tonumber(last) < number then return false end
  redis.call('SET', fence, last, 'EX', FENCE_SECONDS)
  return true
end

local function set_fence(fence, number)
  redis.call('SET', fence, string.format('%.0f', number), 'EX', FENCE_SECONDS)
end

-- Puts groups of one partition, one after the other, each
--   flags (1: has an order, 2: has an era), length of the name, length of the records,
--   [order], [era], name (mo:{tag}KEY), records
-- Returns how many samples are new, and the numbers of the groups (from 0) whose key needs an order. Then the call does
-- not count: these groups come again with a later number, or all of them with this one.
local function put_groups(tag, sender, groups)
  -- Most groups go the short way: their key is known and their samples are the newest. Numbers as text and local names
  -- make it a third shorter (Redis 7.0.15).
  local call, sub, unpack_bytes = redis.call, string.sub, struct.unpack
  local fence = 'mf:' .. tag .. sender.writer
  if is_late(fence, sender.number) then return { 0 } end
  local reply, added, at, index = { 0 }, 0, 1, 0
  while at <= #groups do
    local flags, name_length, length, order, era
    flags, name_length, length, at = unpack_bytes('>BI2I4', groups, at)
    if flags % 2 == 1 then order, at = unpack_bytes('>d', groups, at) end
    if flags >= 2 then era, at = unpack_bytes('>d', groups, at) end
    local open = sub(groups, at, at + name_length - 1)
    local records_at = at + name_length
    at = records_at + length
    local records = sub(groups, records_at, at - 1)
    local tail = era and '' or call('GETRANGE', open, '-12', '-9')
    local count
    if tail ~= '' and unpack_bytes('>I4', tail) < unpack_bytes('>I4', records) then
      if call('APPEND', open, records) >= OPEN_BYTES then
        close_open(names_of(tag, sub(open, 4 + #tag)), call('GET', open))
      end
      count = length / RECORD
    else
      local order_text = order and string.format('%.0f', order)
      count = put_slowly(tag, open, { order = order_text, era = era or 0, records = records })
    end
    if count then added = added + count else reply[#reply + 1] = index end
    index = index + 1
  end
  if #reply == 1 then set_fence(fence, sender.number) end
  if added > 0 then call('INCRBY', 'mn:' .. tag, added) end
  reply[1] = added
  return reply
end

-- mr_put REGISTRY | WRITER NUMBER GROUPS
local function put_partition(keys, arguments)
  local sender = { writer = arguments[1], number = tonumber(arguments[2]) }
  return put_groups(string.sub(keys[1], 4), sender, arguments[3])
end

-- mr_puts REGISTRY | WRITER NUMBER PARTITIONS: the same for several partitions of this server, each
--   length of the tag, length of the groups, tag, groups
-- Returns a list of their replies. One of its keys is declared, so that the call finds its server.
local function put_partitions(_, arguments)
  local sender = { writer = arguments[1], number = tonumber(arguments[2]) }
  local bytes = arguments[3]
  local replies, at = {}, 1
  while at <= #bytes do
    local tag_length, length, tag_at = struct.unpack('>BI4', bytes, at)
    local groups_at = tag_at + tag_length
    at = groups_at + length
    local groups = string.sub(bytes, groups_at, at - 1)
    replies[#replies + 1] = put_groups(string.sub(bytes, tag_at, groups_at - 1), sender, groups)
  end
  return replies
end

-- Takes the samples from `first` to `last`, both included, out of one string. Returns how many there were, and whether
-- any is left.
local function cut_string(name, first, last)
  local run = redis.call('GET', name)
  if not run then return 0, false end
  local from, to = find(run, first, 0), find(run, last + 1, 0)
  if from >= to then return 0, true end
  if from == 0 and to == #run / RECORD then
    redis.call('DEL', name)
    return to, false
  end
  redis.call('SET', name, string.sub(run, 1, from * RECORD) .. string.sub(run, to * RECORD + 1))
  return to - from, true
end

-- Removes the samples of a key from one timestamp to another, both included, and the key when none is left.
local function delete_samples(tag, key, from, to)
  local names = names_of(tag, key)
  local gone = 0
  local before = redis.call('ZREVRANGEBYSCORE', names.index, from, '-inf', 'LIMIT', 0, 1)
  local starts = redis.call('ZRANGEBYSCORE', names.index, '(' .. string.format('%.17g', from), to)
  for _, list in ipairs({ before, starts }) do
    for _, start in ipairs(list) do
      local era = math.floor(tonumber(start) / ERA)
      local count, is_left = cut_string(names.run(start), from - era * ERA, to - era * ERA)
      gone = gone + count
      if not is_left then redis.call('ZREM', names.index, start) end
    end
  end
  local count, is_left = cut_string(names.open, from, to)
  if not is_left and redis.call('EXISTS', names.index) == 0 then redis.call('ZREM', 'mr:' .. tag, key) end
  return gone + count
end

-- mr_delete REGISTRY | WRITER NUMBER FROM TO KEY...: returns how many samples are gone.
local function delete_keys(keys, arguments)
  local tag = string.sub(keys[1], 4)
  local fence = 'mf:' .. tag .. arguments[1]
  local number = tonumber(arguments[2])
  if is_late(fence, number) then return 0 end
  local from, to = tonumber(arguments[3]), tonumber(arguments[4])
  local gone = 0
  for index = 5, #arguments do gone = gone + delete_samples(tag, arguments[index], from, to) end
  set_fence(fence, number)
  if gone > 0 then redis.call('DECRBY', 'mn:' .. tag, gone) end
  return gone
end

-- Removes the strings of a key that have no sample after a timestamp. Samples that are too old but share a string with
-- younger ones stay; who reads leaves them out.
local function expire_key(tag, key, last_gone)
  local names = names_of(tag, key)
  local starts = redis.call('ZRANGEBYSCORE', names.index, '-inf', last_gone)
  local tail = redis.call('GETRANGE', names.open, -RECORD, -9)
  local is_open_gone = tail ~= '' and struct.unpack('>I4', tail) <= last_gone
  local gone = 0
  for index, start in ipairs(starts) do
    local name = names.run(start)
    local era = math.floor(tonumber(start) / ERA)
    local is_gone = index < #starts or last_offset(redis.call('GETRANGE', name, -RECORD, -1)) + era * ERA <= last_gone
    if is_gone then
      gone = gone + redis.call('STRLEN', name) / RECORD
      redis.call('UNLINK', name)
      redis.call('ZREM', names.index, start)
    end
  end
  if is_open_gone then
    gone = gone + redis.call('STRLEN', names.open) / RECORD
    redis.call('DEL', names.open)
  end
  if gone > 0 and redis.call('EXISTS', names.index, names.open) == 0 then redis.call('ZREM', 'mr:' .. tag, key) end
  return gone
end

-- mr_expire REGISTRY | LAST_GONE AT COUNT: looks at some keys from a place of the registry on. Returns how many samples
-- are gone, and the place to go on from, -1 at the end.
local function expire(keys, arguments)
  local tag = string.sub(keys[1], 4)
  local last_gone, at, count = tonumber(arguments[1]), tonumber(arguments[2]), tonumber(arguments[3])
  local members = redis.call('ZRANGE', keys[1], at, at + count - 1)
  local gone = 0
  for _, key in ipairs(members) do gone = gone + expire_key(tag, key, last_gone) end
  if gone > 0 then redis.call('DECRBY', 'mn:' .. tag, gone) end
  if #members < count then return { gone, -1 } end
  -- Keys that went have made the others move up.
  local left = redis.call('ZRANK', keys[1], members[#members])
  return { gone, left and left + 1 or at }
end

-- mr_number COUNTER | COUNT FLOOR: the first of COUNT numbers that nobody else gets, above FLOOR.
local function take_numbers(keys, arguments)
  local last = math.max(tonumber(redis.call('GET', keys[1]) or '0'), tonumber(arguments[2]))
  redis.call('SET', keys[1], string.format('%.0f', last + tonumber(arguments[1])))
  return last + 1
end

redis.register_function('mr_put_1', put_partition)
redis.register_function({ function_name = 'mr_puts_1', callback = put_partitions, flags = { 'allow-cross-slot-keys' } })
redis.register_function('mr_delete_1', delete_keys)
redis.register_function('mr_expire_1', expire)
redis.register_function('mr_number_1', take_numbers)
