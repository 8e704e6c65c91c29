-- :LemmaDebug and :LemmaTrust. What was found comes by LSP: diagnostics, code actions, hovers.
local client = require('lemma.client')

local M = {}

function M.start()
  client.execute_here('lemma.debug')
end

---@param trusted boolean
function M.trust(trusted)
  client.execute_here(trusted and 'lemma.trust' or 'lemma.distrust')
end

-- Hovers of other servers would be followed by "no information" of ours: it offers them only where
-- there is something to tell. Where a buffer's values are known, they are shown.
function M.on_diagnostics(failure, result, context, config)
  vim.lsp.handlers['textDocument/publishDiagnostics'](failure, result, context, config)
  local lemma = vim.lsp.get_client_by_id(context.client_id)
  if not lemma or type(result) ~= 'table' then
    return
  end
  local any = #result.diagnostics > 0
  lemma.server_capabilities.hoverProvider = any
  local buffer = vim.uri_to_bufnr(result.uri)
  if any and vim.api.nvim_buf_is_loaded(buffer) then
    vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  end
end

return M
