-- Code lenses: Neovim asks for them only where it is told to. Those of lemma are asked for here,
-- those of other servers are left to the user's configuration.
local client = require('lemma.client')

local M = {}

local method = 'textDocument/codeLens'

---@return boolean  whether lenses are asked for at all
local function wanted()
  local config = require('lemma').config
  return config ~= nil and config.lenses
end

-- Since 0.12 Neovim follows the text by itself once it is told to.
local function by_neovim()
  return vim.lsp.codelens.enable ~= nil
end

---@param buffer integer
local function ask(buffer)
  local lemma = client.of(buffer)
  if not lemma or not (lemma.server_capabilities or {}).codeLensProvider then
    return
  end
  local params = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  client.call(lemma, 'request', method, params, function(failure, result, context)
    local holds = vim.api.nvim_buf_is_loaded(buffer)
      and vim.api.nvim_buf_get_changedtick(buffer) == tick
    if holds and not failure then
      vim.lsp.codelens.on_codelens(nil, result, context)
    end
  end, buffer)
end

-- What can be seen: a search has ended, a folder is trusted.
function M.refresh()
  if not wanted() then
    return
  end
  local lemma = client.any()
  local refreshed = by_neovim() and vim.lsp.handlers['workspace/codeLens/refresh']
  if refreshed and lemma then
    return refreshed(nil, nil, { client_id = lemma.id, method = 'workspace/codeLens/refresh' })
  end
  local seen = {}
  for _, window in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    local buffer = vim.api.nvim_win_get_buf(window)
    if not seen[buffer] then
      seen[buffer] = true
      ask(buffer)
    end
  end
end

---@param buffer integer  that is entered, written or left as it was typed
function M.on_buffer(buffer)
  if wanted() and not by_neovim() and vim.api.nvim_buf_is_loaded(buffer) then
    ask(buffer)
  end
end

---@param id integer  of a client, of whatever server
function M.on_attach(buffer, id)
  local lemma = client.of(buffer)
  if not wanted() or not lemma or lemma.id ~= id then
    return
  end
  if by_neovim() then
    return vim.lsp.codelens.enable(true, { bufnr = buffer, client_id = id })
  end
  ask(buffer)
end

return M
