-- How far the server is with what takes seconds: Neovim shows no progress by itself.
local M = {}

-- What somebody has asked for; what begins by itself is not told.
local shown_kinds = { 'change', 'debug', 'fill', 'solve', 'tests', 'values' }

local titles = {} ---@type table<string, string>  by token
local last = '' -- what was put into the last line

local kept_free = 12 -- of the last line, for 'showcmd' and the ruler (:help hit-enter)

---@return string?  one of shown_kinds
local function kind_of(token)
  local kind = type(token) == 'string' and token:match('^lemma/(%l+)/') or nil
  return vim.list_contains(shown_kinds, kind) and kind or nil
end

-- Whether it is still there: what came since, of whomever, is not ours to take away.
local function stands_there(text)
  local rows = math.max(vim.o.cmdheight, 1)
  local cells = {}
  for row = vim.o.lines - rows + 1, vim.o.lines do
    for column = 1, vim.o.columns do
      cells[#cells + 1] = vim.fn.screenstring(row, column)
    end
  end
  return text ~= '' and vim.startswith(table.concat(cells), text)
end

-- As much as there is room for without a prompt; a Chinese character takes two cells.
local function fitting(text)
  local room = vim.o.columns * math.max(vim.o.cmdheight, 1) - kept_free
  text = vim.fn.strcharpart(text:gsub('%s+', ' '), 0, room)
  while vim.fn.strdisplaywidth(text) > room do
    text = vim.fn.strcharpart(text, 0, vim.fn.strchars(text) - 1)
  end
  return text
end

local function write(text)
  if vim.api.nvim_get_mode().mode:find('^[cr]') then
    return -- a command is being typed there, or a question stands there
  end
  text = fitting(text)
  vim.api.nvim_echo({ { text } }, false, {})
  vim.cmd.redraw()
  last = text
end

---@param kind string  one of shown_kinds
---@return string?  the token of such work that is going on
function M.going_on(kind)
  for token in pairs(titles) do
    if kind_of(token) == kind then
      return token
    end
  end
end

---@param token string  of the server's work
---@param value table
function M.on_progress(token, value)
  local kind = kind_of(token)
  if not kind then
    return
  end
  local title = value.title or titles[token] or 'lemma'
  if value.kind ~= 'end' then
    titles[token] = title
    write(title .. (value.message and ': ' .. value.message or ' …'))
  else
    titles[token] = nil
    if stands_there(last) then
      write('')
    end
  end
  if kind == 'change' then
    require('lemma.change').on_progress(value.kind ~= 'end')
  elseif value.kind == 'end' then
    require('lemma.lenses').refresh()
  end
end

-- The server has ended, and what it was at.
function M.forget()
  titles = {}
end

return M
