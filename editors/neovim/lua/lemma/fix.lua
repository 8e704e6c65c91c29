-- :LemmaFix: takes what lemma has found to mend what fails in the cursor's line, without the way
-- through the list of code actions.
local client = require('lemma.client')
local say = require('lemma.words').say

local M = {}

local kind = 'quickfix'

local function tell(text)
  require('lemma.message').tell('lemma: ' .. text)
end

---@return table?  the range of the cursor's line
local function line_range()
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  return {
    start = { line = row, character = 0 },
    ['end'] = { line = row, character = #vim.api.nvim_get_current_line() },
  }
end

-- The best comes first.
---@param on_fixes fun(fixes: table[])
local function ask(lemma, buffer, on_fixes)
  client.call(lemma, 'request', 'textDocument/codeAction', {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    range = line_range(),
    context = { diagnostics = {}, only = { kind } },
  }, function(failure, result)
    if failure then
      return tell(failure.message)
    end
    on_fixes(vim.tbl_filter(function(action)
      return action.kind == kind and action.edit ~= nil
    end, type(result) == 'table' and result or {}))
  end, buffer)
end

local function take(fix, lemma, left)
  vim.lsp.util.apply_workspace_edit(fix.edit, lemma.offset_encoding)
  local text = say('taken: %s', fix.title)
  tell(left > 0 and say('%s (others were offered: %d)', text, left) or text)
end

---@param which 'best'|'any'  any: of several the user chooses one
function M.take(which)
  local buffer = vim.api.nvim_get_current_buf()
  local lemma = client.of(buffer)
  local offers = lemma and (lemma.server_capabilities or {}).codeActionProvider
  if not offers then
    return tell(client.last_error or say('the server is not running here, or is still starting'))
  end
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  local function current()
    return vim.api.nvim_get_current_buf() == buffer
      and vim.api.nvim_buf_get_changedtick(buffer) == tick
  end
  ask(lemma, buffer, function(fixes)
    if not current() then
      return
    elseif #fixes == 0 then
      return tell(say('no fix here; :LemmaDebug looks for one'))
    elseif which == 'best' or #fixes == 1 then
      return take(fixes[1], lemma, #fixes - 1)
    end
    vim.ui.select(fixes, {
      prompt = say('Fixes:'),
      format_item = function(fix)
        return fix.title
      end,
    }, function(fix)
      if fix and current() then
        take(fix, lemma, #fixes - 1)
      end
    end)
  end)
end

return M
