-- :LemmaSolve, :LemmaHint and :LemmaValues. What comes of them comes by LSP.
local client = require('lemma.client')

local M = {}

---@param command string
local function execute_at(command)
  return function(arguments)
    client.execute_here(command, client.span_of(arguments))
  end
end

-- Seconds may pass before there is an answer, and Neovim shows no progress by itself.
---@param token string  of the server's work
---@param title string
function M.on_progress(token, title)
  if vim.startswith(token, 'lemma/solve/') then
    vim.api.nvim_echo({ { title .. ' …' } }, false, {})
    vim.cmd.redraw() -- what comes next is written over it
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
