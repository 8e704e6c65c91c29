-- A suggestion as an item of a completion menu: what nvim-cmp and blink.cmp both want.
local client = require('lemma.client')

local M = {}

local text_kind, plain_text, as_is = 1, 1, 1 -- as LSP numbers them

-- The suggestion begins with its line; menus compare items with the word left of the cursor.
local function from_word(item, cursor)
  local line = vim.api.nvim_get_current_line():sub(1, cursor[2])
  local word = vim.fn.matchstr(line, '\\k*$')
  local from = #line - #word
  local range = vim.deepcopy(item.range)
  local text = item.insertText:sub(from - range.start.character + 1)
  range.start.character = from
  return text, range
end

---@return table  LSP's CompletionItem
local function entry(item, cursor)
  local text, range = from_word(item, cursor)
  local first = vim.split(text, '\n', { plain = true })[1]
  return {
    label = first .. (#first < #text and '…' or ''),
    kind = text_kind,
    filterText = first,
    sortText = '~lemma', -- after what other servers know for certain
    insertTextFormat = plain_text,
    insertTextMode = as_is,
    textEdit = { range = range, newText = text },
    documentation = { kind = 'plaintext', value = text },
    labelDetails = { description = 'lemma' },
  }
end

---@param on_items fun(items: table[])
---@return fun()  cancels
function M.items(on_items)
  local buffer, cursor = vim.api.nvim_get_current_buf(), vim.api.nvim_win_get_cursor(0)
  return client.offer(buffer, function(item)
    on_items(item and { entry(item, cursor) } or {})
  end)
end

---@return boolean
function M.available()
  local buffer = vim.api.nvim_get_current_buf()
  return require('lemma').enabled(buffer) and client.of(buffer) ~= nil
end

return M
