-- Tells the server what can be seen: the lines in the windows, and what other tools report of them.
local client = require('lemma.client')

local M = {}

local wait_ms = 200
local most_reported = 50 -- of a buffer
local timer = assert(vim.uv.new_timer())
local told = nil ---@type table?

local function position(line, column)
  return { line = line, character = column }
end

local function reported(buffer)
  local severity = { min = vim.diagnostic.severity.WARN }
  local list = {}
  for _, each in ipairs(vim.diagnostic.get(buffer, { severity = severity })) do
    if each.source ~= 'lemma' and #list < most_reported then
      list[#list + 1] = {
        range = {
          start = position(each.lnum, each.col),
          ['end'] = position(each.end_lnum or each.lnum, each.end_col or each.col),
        },
        message = each.message,
      }
    end
  end
  return list
end

local function documents()
  local by_buffer, order = {}, {}
  for _, window in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    local buffer = vim.api.nvim_win_get_buf(window)
    if client.of(buffer) then
      if not by_buffer[buffer] then
        by_buffer[buffer] = {
          uri = vim.uri_from_bufnr(buffer),
          visible = {},
          diagnostics = reported(buffer),
        }
        order[#order + 1] = by_buffer[buffer]
      end
      local visible = by_buffer[buffer].visible
      visible[#visible + 1] = {
        start = position(vim.fn.line('w0', window) - 1, 0),
        ['end'] = position(vim.fn.line('w$', window) - 1, 0),
      }
    end
  end
  return order
end

local function tell()
  local now = { documents = documents() }
  if #now.documents > 0 and not vim.deep_equal(now, told) and client.notify('lemma/view', now) then
    told = now
  end
end

-- What is seen may have changed: says so once it is at rest.
function M.changed()
  timer:start(wait_ms, 0, vim.schedule_wrap(tell))
end

-- Another server knows nothing yet.
function M.forget()
  told = nil
end

return M
