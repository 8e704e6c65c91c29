-- :LemmaSolve, :LemmaHint and :LemmaValues. What comes of them comes by LSP.
local client = require('lemma.client')

local M = {}

---@param command string
local function execute_at(command)
  return function(arguments)
    client.execute_here(command, client.span_of(arguments))
  end
end

M.solve = execute_at('lemma.solve')
M.hint = execute_at('lemma.hint')

function M.values()
  local buffer = vim.api.nvim_get_current_buf()
  require('lemma.debug').keep_hints(buffer)
  vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  client.execute_here('lemma.values')
end

return M
