-- :LemmaDebug and :LemmaTrust. What was found comes by LSP: diagnostics, code actions, hovers.
local client = require('lemma.client')

local M = {}

-- What `:LemmaDebug` takes: where it starts, or that it is to end.
local ways = {
  file = function()
    client.execute_here('lemma.debug')
  end,
  here = function()
    client.execute_here('lemma.debug', client.span_of({ range = 0 }))
  end,
  hint = function()
    client.execute_here('lemma.debugHint')
  end,
  stop = function()
    client.execute_here('lemma.stopDebugging')
  end,
}

M.ways = vim.fn.sort(vim.tbl_keys(ways))

---@param way string  one of M.ways; '': the file
function M.start(way)
  local run = ways[way == '' and 'file' or way]
  if run then
    return run()
  end
  local text = "lemma: debug what? There is no '%s'; there are %s"
  vim.notify(text:format(way, table.concat(M.ways, ', ')), vim.log.levels.ERROR)
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
