-- The suggestion on screen: whether it still fits what stands in the buffer, drawing it, turning to
-- another of those that were offered with it, and putting all or a part of it into the buffer.
-- Knows nothing of servers.
--
-- A suggestion is a range and the text that is to replace it. What stands in the range left of the
-- cursor is the text's beginning; what stands right of it (a bracket the editor has closed) is
-- found again, in order, in the rest. Both are read from the buffer each time, so typing what is
-- shown, deleting it again and accepting a part of it are one case: the rest becomes shorter or
-- longer. When they no longer agree, the suggestion is gone.
local M = {}

local namespace = vim.api.nvim_create_namespace('lemma')

---@class lemma.Suggestion
---@field buffer integer
---@field row integer      where the range begins, from 0
---@field column integer   in bytes, from 0
---@field text string      replaces the range; lines end with \n
---@field right integer    bytes of the line right of the range
---@field after integer    bytes between cursor and range end when it was shown
---@field command table?   LSP command, to run once all of it is accepted
local shown = nil ---@type lemma.Suggestion?
local offered = {} ---@type lemma.Suggestion[]  at once, `shown` is one of them

---@class lemma.Rest
---@field characters string[]        of the suggestion, from the cursor on
---@field held table<integer, true>  which of them stand in the buffer already
---@field row integer                of the cursor, from 0
---@field column integer

-- Matched from the right: with ")" after the cursor, the last ")" of the text is the one there.
---@return string[]? characters, table<integer, true> held
local function align(rest, after)
  local characters, standing = vim.fn.split(rest, [[\zs]]), vim.fn.split(after, [[\zs]])
  local held, last = {}, #standing
  for i = #characters, 1, -1 do
    if last > 0 and characters[i] == standing[last] then
      held[i] = true
      last = last - 1
    end
  end
  return last == 0 and characters or nil, held
end

---@param suggestion lemma.Suggestion?
---@return lemma.Rest?
local function remaining(suggestion)
  if not suggestion or suggestion.buffer ~= vim.api.nvim_get_current_buf() then
    return nil
  end
  local cursor = vim.api.nvim_win_get_cursor(0)
  local row, column = cursor[1] - 1, cursor[2]
  local line = vim.api.nvim_get_current_line()
  local range_end = #line - suggestion.right
  local above = row < suggestion.row
  local left_of_range = above or (row == suggestion.row and column < suggestion.column)
  if left_of_range or column > range_end or range_end - column > suggestion.after then
    return nil
  end
  local before =
    vim.api.nvim_buf_get_text(suggestion.buffer, suggestion.row, suggestion.column, row, column, {})
  before = table.concat(before, '\n')
  local rest, after = suggestion.text:sub(#before + 1), line:sub(column + 1, range_end)
  if suggestion.text:sub(1, #before) ~= before or rest == after then
    return nil
  end
  local characters, held = align(rest, after)
  return characters and { characters = characters, held = held, row = row, column = column }
end

-- Virtual text would show a tab as ^I. `column` is where the text begins on the screen.
local function expand_tabs(text, column)
  local expanded = text:gsub('([^\t]*)\t', function(plain)
    column = column + vim.fn.strdisplaywidth(plain, column)
    local width = vim.fn.strdisplaywidth('\t', column)
    column = column + width
    return plain .. (' '):rep(width)
  end)
  return expanded
end

-- Neovim scrolls for what is written alone: at the window's last line, where a file grows, nobody
-- would see what the next key puts there.
local function make_room(row, lines_below)
  local view = vim.fn.winsaveview()
  local rows = vim.api.nvim_win_text_height(0, { start_row = view.topline - 1, end_row = row }).all
  local missing = rows + lines_below - vim.fn.winheight(0)
  if missing > 0 then
    view.topline = math.min(view.topline + missing, row + 1)
    vim.fn.winrestview(view)
  end
end

-- Of those that were offered and still fit: where the one that is shown stands among them.
---@return integer? place, lemma.Suggestion[] fitting
local function fitting()
  local place, all = nil, {}
  for _, suggestion in ipairs(offered) do
    if remaining(suggestion) then
      all[#all + 1] = suggestion
      place = suggestion == shown and #all or place
    end
  end
  return place, all
end

-- "2/3" at the end of the line.
local function draw_place(row)
  local place, all = fitting()
  if place and #all > 1 then
    vim.api.nvim_buf_set_extmark(shown.buffer, namespace, row, 0, {
      virt_text = { { ('%d/%d'):format(place, #all), 'LemmaGhostHint' } },
      virt_text_pos = 'eol',
      hl_mode = 'combine',
    })
  end
end

---@param rest lemma.Rest
local function draw(rest)
  local line = vim.api.nvim_get_current_line()
  local at, drawn = rest.column, vim.fn.strdisplaywidth(line:sub(1, rest.column))
  local pending, lines = '', nil
  local lit = vim.wo.cursorline and vim.wo.cursorlineopt ~= 'number'
  local background = lit and 'CursorLine' or 'Normal'

  local function mark(column, text, position)
    local highlight = position == 'inline' and { background, 'LemmaGhost' } or background
    vim.api.nvim_buf_set_extmark(shown.buffer, namespace, rest.row, column, {
      virt_text = { { text, highlight } },
      virt_text_pos = position,
      -- Not 'combine': MatchParen at the cursor would spread over all of it.
      hl_mode = 'replace',
    })
  end
  local function flush()
    if pending ~= '' then
      local text = expand_tabs(pending, drawn)
      mark(at, text, 'inline')
      drawn = drawn + vim.fn.strdisplaywidth(text)
      pending = ''
    end
  end

  for i, character in ipairs(rest.characters) do
    if character == '\n' then
      flush()
      lines = lines or {}
      lines[#lines + 1] = ''
    elseif lines then
      lines[#lines] = lines[#lines] .. character
    elseif not rest.held[i] then
      pending = pending .. character
    else
      flush()
    end
    if rest.held[i] then
      local width = vim.fn.strdisplaywidth(character, drawn)
      -- It will move to a later line: blank it where it stands now.
      if lines then
        mark(at, (' '):rep(width), 'overlay')
      end
      at, drawn = at + #character, drawn + width
    end
  end
  flush()
  if lines then
    make_room(rest.row, #lines)
    vim.api.nvim_buf_set_extmark(shown.buffer, namespace, rest.row, rest.column, {
      virt_lines = vim.tbl_map(function(text)
        return { { expand_tabs(text, 0), 'LemmaGhost' } }
      end, lines),
    })
  end
end

local function erase()
  if shown and vim.api.nvim_buf_is_valid(shown.buffer) then
    vim.api.nvim_buf_clear_namespace(shown.buffer, namespace, 0, -1)
  end
end

function M.clear()
  erase()
  shown, offered = nil, {}
end

-- Draws what is still missing. False when the suggestion no longer fits; then it is gone.
---@return boolean
function M.refresh()
  erase()
  local rest = remaining(shown)
  if not rest then
    shown, offered = nil, {}
    return false
  end
  draw(rest)
  draw_place(rest.row)
  return true
end

---@return boolean
function M.visible()
  return remaining(shown) ~= nil
end

-- Of how many: nil where only one fits, or none.
---@return integer? place, integer? of
function M.place()
  local place, all = fitting()
  if place and #all > 1 then
    return place, #all
  end
end

-- An LSP inline completion item for the line of the cursor; nil when it does not fit there.
---@return lemma.Suggestion?
local function suggestion_of(item)
  local cursor = vim.api.nvim_win_get_cursor(0)
  local row, column = cursor[1] - 1, cursor[2]
  local first = item.range and item.range.start or { line = row, character = column }
  local last = item.range and item.range['end'] or first
  local line = vim.api.nvim_get_current_line()
  local on_this_line = first.line == row and last.line == row
  local around_cursor = first.character <= column and column <= last.character
  if type(item.insertText) ~= 'string' or not (on_this_line and around_cursor) then
    return nil
  end
  if last.character > #line then
    return nil
  end
  return {
    buffer = vim.api.nvim_get_current_buf(),
    row = row,
    column = first.character,
    text = (item.insertText:gsub('\r\n?', '\n')),
    right = #line - last.character,
    after = last.character - column,
    command = item.command,
  }
end

-- Shows the first of these items that fits. False when none does.
---@param items table[]
---@return boolean
function M.show(items)
  M.clear()
  for _, item in ipairs(items) do
    local suggestion = suggestion_of(item)
    offered[#offered + 1] = remaining(suggestion) and suggestion or nil
  end
  shown = offered[1]
  return M.refresh()
end

-- Shows the next one that was offered, or the one before: past the last comes the first. False
-- where there is no other.
---@param step integer
---@return boolean
function M.turn(step)
  local place, all = fitting()
  if not place or #all < 2 then
    return false
  end
  shown = all[(place - 1 + step) % #all + 1]
  return M.refresh()
end

-- How much of the rest each key takes. A word goes with what stands before it, and ends with its
-- line.
local parts = {
  all = function(text)
    return text
  end,
  line = function(text)
    return text:match('^\n*[^\n]*')
  end,
  word = function(text)
    return text:match('^\n*[^%w_\128-\255\n]*[%w_\128-\255]*')
  end,
}

-- Puts a part of the suggestion into the buffer in one edit, from the cursor on.
---@param part 'all'|'line'|'word'
---@return table? command  to run, when all of it has been taken
function M.insert(part)
  local rest = remaining(shown)
  if not rest then
    M.clear()
    return nil
  end
  local taken = parts[part](table.concat(rest.characters))
  local length, replaced = 0, 0
  for i, character in ipairs(rest.characters) do
    if length >= #taken then
      break
    end
    length = length + #character
    replaced = replaced + (rest.held[i] and #character or 0)
  end
  local lines = vim.split(taken, '\n', { plain = true })
  local row, column = rest.row, rest.column
  vim.api.nvim_buf_set_text(shown.buffer, row, column, row, column + replaced, lines)
  local start = #lines == 1 and column or 0
  vim.api.nvim_win_set_cursor(0, { row + #lines, start + #lines[#lines] })
  local command = shown.command
  if M.refresh() then
    return nil
  end
  return command
end

return M
