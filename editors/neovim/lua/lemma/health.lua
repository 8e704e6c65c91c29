-- :checkhealth lemma
local client = require('lemma.client')

local M = {}

local function check_neovim(config)
  local version = tostring(vim.version())
  vim.health.ok('Neovim ' .. version)
  if config.builtin and not vim.lsp.inline_completion then
    vim.health.warn("builtin = true needs Neovim 0.12; lemma's own ghost text is used")
  end
end

local function check_server(config)
  local command, problem = client.command(config)
  if not command then
    return vim.health.error(problem)
  end
  local ran, answer = pcall(function()
    return vim.system({ command[1], '--version' }, { text = true }):wait(5000)
  end)
  if not ran then
    vim.health.error(command[1] .. ' cannot be started', answer)
  elseif answer.code == 0 then
    vim.health.ok(vim.trim(answer.stdout) .. ' (' .. command[1] .. ')')
  else
    vim.health.error(command[1] .. ' --version fails', vim.trim(answer.stderr or ''))
  end
  if not client.any() then
    vim.health.info('The server is not running; it starts with the first file')
  else
    vim.health.ok('The server is running; :LemmaStatus says with which model')
  end
  if client.last_error then
    vim.health.warn('Last problem: ' .. client.last_error)
  end
end

local function check_keys(config)
  for action, key in vim.spairs(config.keys or {}) do
    if key then
      local mapping = vim.fn.maparg(key, 'i', false, true)
      local before = not vim.tbl_isempty(mapping)
        and not vim.startswith(mapping.desc or '', 'lemma: ')
      local otherwise = before and '; otherwise the mapping that was there before' or ''
      vim.health.info(('%s: %s%s'):format(action, key, otherwise))
    end
  end
end

function M.check()
  local config = require('lemma').config
  vim.health.start('lemma')
  if not config then
    return vim.health.error("not set up; call require('lemma').setup()")
  end
  check_neovim(config)
  check_server(config)
  check_keys(config)
end

return M
