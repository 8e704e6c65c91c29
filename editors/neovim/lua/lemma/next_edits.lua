-- Next edits: where a change has counterparts elsewhere in the file, the server sends these places.
-- The next one is shown, and a key goes there, changes it, and shows the one behind it.
--
-- A place is an extmark, so that it moves with the text. It is dropped once its text, or a byte
-- beside it, is not what the server saw: somebody has written there.
local client = require('lemma.client')
local ghost = require('lemma.ghost')
local keys = require('lemma.keys')

local M = {}

local places_namespace = vim.api.nvim_create_namespace('lemma.next_edits.places')
local drawn_namespace = vim.api.nvim_create_namespace('lemma.next_edits.drawn')

local keyless = '^[vVsSRt\22\19]' -- modes in which neither key is ours

---@class lemma.NextEdits
---@field title string
---@field edits table<integer, { new: string, seen: string }>  by extmark
local lists = {} ---@type table<integer, lemma.NextEdits>  by buffer

---@class lemma.NextEdit
---@field mark integer
---@field row integer     from 0
---@field first integer   column in bytes, from 0
---@field last integer    the column behind it
---@field new string

local shown = nil ---@type integer?  buffer
local held = nil ---@type { buffer: integer, give_back: fun()[] }?  keys of Normal mode
-- Where the key of the next edits has left the cursor, and in which text.
local stepped = nil ---@type { buffer: integer, tick: integer, cursor: integer[] }?

---@return string?
local function accept_key()
  local chosen = require('lemma').config.keys
  return chosen and chosen.accept or nil
end

local function line_of(buffer, row)
  return vim.api.nvim_buf_get_lines(buffer, row, row + 1, false)[1] or ''
end

-- The text from one byte before a place to one behind it.
local function around(buffer, row, first, last)
  return line_of(buffer, row):sub(first, last + 1)
end

-- In the order of the text; forgets those that have been written into.
---@return lemma.NextEdit[]
local function places(buffer)
  local edits, found = lists[buffer].edits, {}
  local marks =
    vim.api.nvim_buf_get_extmarks(buffer, places_namespace, 0, -1, { details = true })
  for _, mark in ipairs(marks) do
    local id, row, first, details = mark[1], mark[2], mark[3], mark[4]
    local edit, last = edits[id], details.end_col
    if details.end_row == row and around(buffer, row, first, last) == edit.seen then
      found[#found + 1] = { mark = id, row = row, first = first, last = last, new = edit.new }
    else
      vim.api.nvim_buf_del_extmark(buffer, places_namespace, id)
    end
  end
  return found
end

-- In the cursor's line the one at the cursor or behind it, else the first; else the first below
-- that line; else the first of all.
---@param all lemma.NextEdit[]
---@return lemma.NextEdit?
local function next_of(all)
  local cursor = vim.api.nvim_win_get_cursor(0)
  local row, column = cursor[1] - 1, cursor[2]
  local here, below = nil, nil
  for _, place in ipairs(all) do
    if place.row == row then
      if place.last >= column then
        return place
      end
      here = here or place
    elseif place.row > row then
      below = below or place
    end
  end
  return here or below or all[1]
end

-- Who begins a line indents it by the key.
local function indents()
  return vim.api.nvim_get_mode().mode:sub(1, 1) == 'i'
    and vim.api.nvim_get_current_line():find('%S') == nil
end

local function hidden()
  return vim.api.nvim_get_mode().mode:find(keyless) ~= nil
    or ghost.visible()
    or require('lemma.change').is_shown()
    or require('lemma').menu_visible()
    or vim.snippet.active({ direction = 1 })
    or indents()
end

-- The keys of Normal mode are ours in this buffer alone; nil: in none.
local function hold_keys(buffer)
  if held and held.buffer ~= buffer then
    for _, give_back in ipairs(held.give_back) do
      give_back()
    end
    held = nil
  end
  if buffer and not held then
    local accept = accept_key()
    held = {
      buffer = buffer,
      give_back = {
        keys.borrow(buffer, '<Esc>', 'dismiss', M.dismiss),
        accept and keys.borrow(buffer, accept, 'accept', M.take),
      },
    }
  end
end

local function erase()
  if shown and vim.api.nvim_buf_is_valid(shown) then
    vim.api.nvim_buf_clear_namespace(shown, drawn_namespace, 0, -1)
  end
  shown = nil
end

-- "<Tab> 42: count → total (4)": the line where it is another one, and how many there are.
---@param place lemma.NextEdit
local function hint(place, row, title, count)
  local words = { accept_key() }
  if place.row ~= row then
    words[#words + 1] = ('%d: %s'):format(place.row + 1, title)
  end
  if count > 1 then
    words[#words + 1] = ('(%d)'):format(count)
  end
  return table.concat(words, ' ')
end

---@param place lemma.NextEdit
local function draw(buffer, place, count)
  shown = buffer
  local function mark(row, column, details)
    vim.api.nvim_buf_set_extmark(buffer, drawn_namespace, row, column, details)
  end
  mark(place.row, place.first, { end_col = place.last, hl_group = 'LemmaNextEditOld' })
  mark(place.row, place.last, {
    virt_text = { { place.new, 'LemmaNextEditNew' } },
    virt_text_pos = 'inline',
  })
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  mark(row, 0, {
    virt_text = { { hint(place, row, lists[buffer].title, count), 'LemmaNextEditHint' } },
    virt_text_pos = 'eol',
    hl_mode = 'combine',
  })
end

-- Forgets what was to be changed in this buffer.
local function clear(buffer)
  if shown == buffer then
    erase()
    hold_keys(nil)
  end
  lists[buffer] = nil
  if vim.api.nvim_buf_is_valid(buffer) then
    vim.api.nvim_buf_clear_namespace(buffer, places_namespace, 0, -1)
  end
end

-- The next place as it is now, from where the cursor is.
function M.refresh()
  erase()
  local buffer = vim.api.nvim_get_current_buf()
  local all = lists[buffer] and require('lemma').enabled(buffer) and places(buffer) or {}
  local place = next_of(all)
  if not place then
    clear(buffer)
  elseif not hidden() then
    draw(buffer, place, #all)
  end
  local in_insert_mode = vim.api.nvim_get_mode().mode:sub(1, 1) == 'i'
  hold_keys(not in_insert_mode and shown or nil)
end

-- Whether the last key was that of the next edits and there is another one: a suggestion that
-- comes now would take the key from it.
---@return boolean
function M.going_through()
  return shown ~= nil
    and stepped ~= nil
    and stepped.buffer == shown
    and stepped.tick == vim.api.nvim_buf_get_changedtick(shown)
    and vim.deep_equal(stepped.cursor, vim.api.nvim_win_get_cursor(0))
end

---@param place lemma.NextEdit
local function go_to(place)
  vim.cmd.normal({ "m'", bang = true })
  vim.api.nvim_win_set_cursor(0, { place.row + 1, place.first })
  vim.cmd.normal({ 'zv', bang = true })
end

---@param place lemma.NextEdit
local function change(buffer, place)
  local row, first = place.row, place.first
  vim.api.nvim_buf_del_extmark(buffer, places_namespace, place.mark)
  vim.api.nvim_buf_set_text(buffer, row, first, row, place.last, { place.new })
  vim.api.nvim_win_set_cursor(0, { row + 1, first + #place.new })
end

-- Goes to the next place; where the cursor is in its line, changes it.
function M.step()
  local buffer = vim.api.nvim_get_current_buf()
  local place = lists[buffer] and next_of(places(buffer))
  if not place then
    return
  end
  if place.row == vim.api.nvim_win_get_cursor(0)[1] - 1 then
    change(buffer, place)
  else
    go_to(place)
  end
  stepped = {
    buffer = buffer,
    tick = vim.api.nvim_buf_get_changedtick(buffer),
    cursor = vim.api.nvim_win_get_cursor(0),
  }
  M.refresh()
end

---@return boolean  whether there was anything to take
function M.take()
  M.refresh()
  if not shown then
    return false
  end
  if vim.api.nvim_get_mode().mode:sub(1, 1) == 'i' then
    -- A step of its own for undo, as in Normal mode.
    keys.feed('<C-g>u<Cmd>lua require("lemma.next_edits").step()<CR><C-g>u')
  else
    M.step()
  end
  return true
end

---@return boolean  whether there was anything to dismiss
function M.dismiss()
  local buffer = shown
  if not buffer then
    return false
  end
  client.notify('lemma/dismissNextEdits', { textDocument = { uri = vim.uri_from_bufnr(buffer) } })
  clear(buffer)
  return true
end

---@param edit table  of the server
local function remember(buffer, edits, edit)
  local row, first = edit.range.start.line, edit.range.start.character
  local last = edit.range['end'].character
  if line_of(buffer, row):sub(first + 1, last) == edit.oldText then
    local place = { end_row = row, end_col = last }
    local mark = vim.api.nvim_buf_set_extmark(buffer, places_namespace, row, first, place)
    edits[mark] = { new = edit.newText, seen = around(buffer, row, first, last) }
  end
end

-- From the server: all that remains to be changed in a buffer.
function M.on_next_edits(_, message)
  local buffer = type(message) == 'table' and vim.uri_to_bufnr(message.uri)
  if not buffer or not vim.api.nvim_buf_is_loaded(buffer) then
    return
  end
  if message.version ~= vim.lsp.util.buf_versions[buffer] then
    return -- there is a newer text, and there will be a newer message
  end
  clear(buffer)
  local edits = {}
  for _, edit in ipairs(message.edits) do
    remember(buffer, edits, edit)
  end
  lists[buffer] = { title = message.title, edits = edits }
  M.refresh()
end

function M.create()
  for name, link in pairs({ Old = 'DiagnosticDeprecated', New = 'DiffAdd', Hint = 'Comment' }) do
    vim.api.nvim_set_hl(0, 'LemmaNextEdit' .. name, { link = link, default = true })
  end
  local group = vim.api.nvim_create_augroup('lemma.next_edits', {})
  local function on(events, callback)
    vim.api.nvim_create_autocmd(events, { group = group, callback = callback })
  end
  on({
    'CursorMoved',
    'CursorMovedI',
    'TextChanged',
    'TextChangedI',
    'TextChangedP',
    'ModeChanged',
    'BufEnter',
    'WinEnter',
  }, M.refresh)
  on('BufLeave', function()
    erase()
    hold_keys(nil)
  end)
  on('LspDetach', function(event)
    local detached = vim.lsp.get_client_by_id(event.data.client_id)
    if detached and detached.name == 'lemma' then
      clear(event.buf)
    end
  end)
end

return M
