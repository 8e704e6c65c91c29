-- Runs one Lua file or its tests inside lemma's sandbox, and writes down what happened, as records
-- like python.py's. Arguments: FILE RECORDS TOKEN MODE MILLISECONDS [ARGUMENTS...].

local max_frames, max_locals, max_text = 40, 30, 400
local file, records_path, token, mode, watch_after_ms = ...
local records = assert(io.open(records_path, "w"))
local this_source = debug.getinfo(1, "S").source

local function write(...)
  local fields = {...}
  for i, field in ipairs(fields) do
    fields[i] = tostring(field):gsub("[\\\t\n\r]",
      {["\\"] = "\\\\", ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r"})
  end
  records:write(table.concat(fields, "\t"), "\n")
  records:flush()
end

local function describe(value, depth)
  if type(value) == "string" then return string.format("%q", value:sub(1, max_text)) end
  if type(value) ~= "table" or depth > 2 then return (tostring(value):gsub(" ?0x%x+", "")) end
  local parts, count = {}, 0
  for key, item in next, value do
    count = count + 1
    if count > 20 then parts[#parts + 1] = "..." break end
    local name = type(key) == "string" and key .. "=" or key == count and "" or
      "[" .. tostring(key) .. "]="
    parts[#parts + 1] = name .. describe(item, depth + 1)
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local function write_frames(level)
  local frames = {}
  while #frames < max_frames do
    local info = debug.getinfo(level, "Sln")
    if not info then break end
    if info.source:sub(1, 1) == "@" and info.source ~= this_source then
      local locals = {}
      for i = 1, max_locals do
        local name, value = debug.getlocal(level, i)
        if not name then break end
        if name:sub(1, 1) ~= "(" and type(value) ~= "function" then
          locals[#locals + 1] = {name, describe(value, 1):sub(1, max_text)}
        end
      end
      local name = info.what == "main" and "<main>" or info.name or "<anonymous>"
      frames[#frames + 1] = {info.source:sub(2), info.currentline, name, locals}
    end
    level = level + 1
  end
  for i = #frames, 1, -1 do
    write("frame", frames[i][1], math.max(frames[i][2], 0), frames[i][3])
    for _, pair in ipairs(frames[i][4]) do write("local", pair[1], pair[2]) end
  end
end

local function on_error(problem)
  local message = type(problem) == "string" and problem or describe(problem, 1)
  write("failure", "error", message)
  write_frames(3)
  io.stderr:write("lua: ", message, "\n")
  return message
end

-- os.clock counts processor time, which lags on a busy machine; os.time counts whole seconds.
local limit, began = (tonumber(watch_after_ms) or 1e9) / 1000, os.time()
local function watch()
  if os.clock() < limit and os.time() - began < math.max(1, math.floor(limit)) then return end
  debug.sethook()
  write("failure", "Timeout", "still running here when time was up")
  write_frames(3)
end

local function run_tests(before)
  local names = {}
  for name, value in pairs(_G) do
    if type(value) == "function" and name:find("^test") and not before[name] then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  for _, name in ipairs(names) do write("planned", name) end
  local good = true
  for _, name in ipairs(names) do
    local passed, message = xpcall(_G[name], on_error)
    write("test", name, passed and "passed" or "failed", passed and "" or message)
    good = good and passed
  end
  -- Must fail: a program that has disarmed assertions makes it pass.
  local disarmed = pcall(function() assert(false, "canary") end)
  write("test", "canary", disarmed and "passed" or "failed", "")
  write("end", token)
  return good and not disarmed
end

local before = {}
for name in pairs(_G) do before[name] = true end
arg = {[0] = file, select(6, ...)}
local program, problem = loadfile(file)
if not program then
  local path, line = problem:match("^(.-):(%d+):")
  write("failure", "SyntaxError", problem)
  if path then write("frame", path, line, "<main>") end
  io.stderr:write("lua: ", problem, "\n")
  os.exit(1)
end
debug.sethook(watch, "", 100000)
local good = xpcall(program, on_error, select(6, ...))
if good and mode == "tests" then good = run_tests(before) end
os.exit(good and 0 or 1, true)
