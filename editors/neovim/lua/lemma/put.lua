-- A code block of an answer, put into the file that the question was asked from: at its cursor, or
-- over the lines that were attached. In one step for undo.
local say = require('lemma.words').say

local M = {}

local namespace = vim.api.nvim_create_namespace('lemma.put')

local function tell(text)
  require('lemma.message').tell('lemma: ' .. text)
end

-- What was attached to a question; follows the text.
---@class lemma.Attached
---@field buffer integer
---@field mark integer  extmark
---@field text string[]  as it was asked about

---@return integer, integer, integer, integer
local function place_of(attached)
  local found = vim.api.nvim_buf_get_extmark_by_id(attached.buffer, namespace, attached.mark, {
    details = true,
  })
  local details = found[3] or {}
  return found[1] or 0, found[2] or 0, details.end_row or 0, details.end_col or 0
end

---@param span table  LSP's range, columns are bytes
---@return lemma.Attached
function M.attach(buffer, span)
  local first, last = span.start, span['end']
  local mark = vim.api.nvim_buf_set_extmark(buffer, namespace, first.line, first.character, {
    end_row = last.line,
    end_col = last.character,
    right_gravity = false,
    end_right_gravity = true,
  })
  local attached = { buffer = buffer, mark = mark }
  local row, column, end_row, end_column = place_of(attached)
  attached.text = vim.api.nvim_buf_get_text(buffer, row, column, end_row, end_column, {})
  return attached
end

-- The closed fenced blocks of these lines.
---@return { first: integer, last: integer, lines: string[] }[]  rows from 1, the fences included
local function blocks_of(lines)
  local blocks, open = {}, nil
  for row, line in ipairs(lines) do
    local fence = line:match('^%s*(```+)') or line:match('^%s*(~~~+)')
    local closes = open and fence and vim.trim(line) == fence
      and fence:sub(1, 1) == open.fence:sub(1, 1)
      and #fence >= #open.fence
    if closes then
      blocks[#blocks + 1] = { first = open.row, last = row, lines = open.lines }
      open = nil
    elseif open then
      open.lines[#open.lines + 1] = line
    elseif fence then
      open = { row = row, fence = fence, lines = {} }
    end
  end
  return blocks
end

-- Of the current buffer: the block that the cursor is in, else the last before it, else the first.
---@return string[]?
local function chosen_block()
  local row = vim.api.nvim_win_get_cursor(0)[1]
  local blocks = blocks_of(vim.api.nvim_buf_get_lines(0, 0, -1, true))
  local chosen = blocks[1]
  for _, block in ipairs(blocks) do
    chosen = block.first <= row and block or chosen
  end
  return chosen and chosen.lines
end

local function indentation(line)
  return line:match('^[ \t]*')
end

-- The lines, the shallowest of which begins with `indent`.
local function indented(lines, indent)
  local common = nil ---@type string?
  for _, line in ipairs(lines) do
    local own = indentation(line)
    if line:find('%S') and (not common or #own < #common) then
      common = own
    end
  end
  return vim.tbl_map(function(line)
    return line:find('%S') and indent .. line:sub(#(common or '') + 1) or ''
  end, lines)
end

-- Of the line, or of the next one above that is not blank.
local function indent_at(buffer, row)
  for above = row, 0, -1 do
    local line = vim.api.nvim_buf_get_lines(buffer, above, above + 1, false)[1] or ''
    if line:find('%S') then
      return indentation(line)
    end
  end
  return ''
end

local function show(window, row)
  vim.api.nvim_set_current_win(window)
  vim.api.nvim_win_set_cursor(window, { row + 1, 0 })
  vim.cmd('normal! ^')
end

---@return integer? window  that shows the buffer, where it can be changed
local function window_of(buffer)
  local window = vim.api.nvim_buf_is_valid(buffer) and vim.fn.win_findbuf(buffer)[1]
  if not window then
    tell(say('the file that was asked about is not shown any more'))
  elseif not vim.bo[buffer].modifiable then
    tell(say("it cannot be changed ('modifiable' is off)"))
  else
    return window
  end
end

-- Below the cursor's line, or in its place where it is blank.
local function at_cursor(buffer, lines)
  local window = window_of(buffer)
  if not window then
    return
  end
  local row = vim.api.nvim_win_get_cursor(window)[1] - 1
  local line = vim.api.nvim_buf_get_lines(buffer, row, row + 1, true)[1]
  local text = indented(lines, indent_at(buffer, row))
  local first = line:find('%S') and row + 1 or row
  vim.api.nvim_buf_set_lines(buffer, first, row + 1, true, text)
  show(window, first)
end

---@param attached lemma.Attached
local function over(attached, lines)
  local window = window_of(attached.buffer)
  if not window then
    return
  end
  local row, column, end_row, end_column = place_of(attached)
  local now = vim.api.nvim_buf_get_text(attached.buffer, row, column, end_row, end_column, {})
  if not vim.deep_equal(now, attached.text) then
    return tell(say('the lines that were attached have changed; p puts the code at the cursor'))
  end
  local indent = indentation(now[1])
  if column > 0 then
    local line = vim.api.nvim_buf_get_lines(attached.buffer, row, row + 1, true)[1]
    indent = indentation(line)
  end
  local text = indented(lines, indent)
  if column > 0 then
    text[1] = text[1]:sub(#indent + 1)
  end
  if now[#now] == '' and end_column == 0 and #now > 1 then
    text[#text + 1] = '' -- whole lines, with the end of the last
  end
  vim.api.nvim_buf_set_text(attached.buffer, row, column, end_row, end_column, text)
  vim.api.nvim_buf_del_extmark(attached.buffer, namespace, attached.mark)
  local last = row + #text - 1
  local span = {
    start = { line = row, character = column },
    ['end'] = { line = last, character = #text[#text] + (#text == 1 and column or 0) },
  }
  local again = M.attach(attached.buffer, span)
  attached.mark, attached.text = again.mark, again.text
  show(window, row)
end

-- The code block at the cursor of the answer.
---@param source integer  buffer
---@param attached lemma.Attached?
---@param where 'cursor'|'attached'
function M.put(source, attached, where)
  local lines = chosen_block()
  if not lines then
    return tell(say('there is no code in the answer'))
  end
  if where == 'attached' and attached then
    return over(attached, lines)
  end
  at_cursor(source, lines)
end

return M
