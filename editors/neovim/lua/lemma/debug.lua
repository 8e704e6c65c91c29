-- :LemmaDebug and :LemmaTrust. What was found comes by LSP: diagnostics, code actions, hovers.
local client = require('lemma.client')
local say = require('lemma.words').say

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
  local problem = say("debug what? There is no '%s'; there are %s", way, table.concat(M.ways, ', '))
  vim.notify('lemma: ' .. problem, vim.log.levels.ERROR)
end

---@param trusted boolean
function M.trust(trusted)
  local command = trusted and 'lemma.trust' or 'lemma.distrust'
  client.execute_here(command, nil, nil, function()
    require('lemma.lenses').refresh()
  end)
end

local found_by = {} ---@type table<integer, table<string, true>>  by client, where it found anything
local hints_switched_on = {} ---@type table<integer, true>  by buffer

-- Hints of other servers are shown as well: they go again where nobody had wanted them.
local function show_values(buffer, wanted)
  local filter = { bufnr = buffer }
  if wanted and not vim.lsp.inlay_hint.is_enabled(filter) then
    hints_switched_on[buffer] = true
    vim.lsp.inlay_hint.enable(true, filter)
  elseif not wanted and hints_switched_on[buffer] then
    M.keep_hints(buffer)
    vim.lsp.inlay_hint.enable(false, filter)
  end
end

-- Somebody wants them, also when the diagnostics have gone.
function M.keep_hints(buffer)
  hints_switched_on[buffer] = nil
end

-- The server ends, or has no say in the buffer any more.
---@param id integer  of a client, of whatever server
function M.on_detach(buffer, id)
  if found_by[id] then
    show_values(buffer, false)
  end
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
  local found = found_by[lemma.id] or {}
  found_by[lemma.id] = found
  found[result.uri] = any or nil
  lemma.server_capabilities.hoverProvider = next(found) ~= nil
  local buffer = vim.uri_to_bufnr(result.uri)
  if vim.api.nvim_buf_is_loaded(buffer) then
    show_values(buffer, any)
  end
end

return M
