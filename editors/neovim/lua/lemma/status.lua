-- :LemmaStatus, and a word for a status line.
local client = require('lemma.client')
local say = require('lemma.words').say

local M = {}

-- The server's answer as lines, whatever it holds: "  cache.hits  12".
---@return string[]
local function lines_of(status)
  local lines = {}
  local function walk(prefix, value)
    if type(value) == 'number' and value % 1 ~= 0 then
      value = ('%.1f'):format(value)
    end
    if type(value) ~= 'table' then
      lines[#lines + 1] = ('  %-24s %s'):format(prefix, tostring(value))
      return
    end
    for key, inner in vim.spairs(value) do
      walk(prefix == '' and tostring(key) or prefix .. '.' .. key, inner)
    end
  end
  walk('', status)
  return lines
end

local function here()
  local buffer = vim.api.nvim_get_current_buf()
  local why_off = require('lemma').why_off(buffer)
  if why_off then
    return say('off in this buffer: %s', why_off)
  end
  return client.of(buffer) and say('on in this buffer') or say('not attached to this buffer')
end

function M.show()
  client.status(function(status, problem)
    local lines = { 'lemma: ' .. here() }
    vim.list_extend(lines, status and lines_of(status) or {})
    if problem or client.last_error then
      lines[#lines + 1] = ('  %-24s %s'):format(say('problem'), problem or client.last_error)
    end
    vim.api.nvim_echo({ { table.concat(lines, '\n') } }, true, {})
  end)
end

-- For 'statusline': empty where lemma has nothing to do, "lemma 43 ms" after a completion.
---@return string
function M.line()
  local buffer = vim.api.nvim_get_current_buf()
  if not client.of(buffer) then
    return ''
  end
  if not require('lemma').enabled(buffer) then
    return 'lemma ' .. say('off')
  end
  local status = client.last_status or {}
  if status.state == 'loading' then
    return 'lemma ' .. say('loading')
  elseif status.state == 'failed' then
    return 'lemma ' .. say('failed')
  end
  local verdict = client.verdict(buffer)
  if verdict then
    return 'lemma ' .. verdict
  end
  return status.lastMs and ('lemma %.0f ms'):format(status.lastMs) or 'lemma'
end

return M
