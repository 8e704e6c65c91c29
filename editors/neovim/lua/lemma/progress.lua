-- How far the server is with what takes seconds: Neovim shows no progress by itself.
local M = {}

local titles = {} ---@type table<string, string>  by token

local kept_free = 12 -- of the last line, for 'showcmd' and the ruler (:help hit-enter)

---@param token string  of the server's work
---@param value table
function M.on_progress(token, value)
  local is_ours = type(token) == 'string'
    and (vim.startswith(token, 'lemma/solve/') or vim.startswith(token, 'lemma/change/'))
  if not is_ours then
    return
  end
  local title = value.title or titles[token]
  titles[token] = value.kind ~= 'end' and title or nil
  local text = ''
  if value.kind ~= 'end' then
    text = (title or 'lemma') .. (value.message and ': ' .. value.message or ' …')
  elseif not vim.startswith(token, 'lemma/change/') then
    return -- what comes next is written over it
  end
  text = vim.fn.strcharpart(text, 0, vim.o.columns * math.max(vim.o.cmdheight, 1) - kept_free)
  vim.api.nvim_echo({ { text } }, false, {})
  vim.cmd.redraw()
end

return M
