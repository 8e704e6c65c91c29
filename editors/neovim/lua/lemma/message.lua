-- What the server tells: what fits into the last line stands there; what does not would be cut, or
-- ask for Enter, and stands in a window above that line until the cursor moves. `:messages` has
-- both, whole.
local M = {}

local kept_free = 12 -- of the last line, for 'showcmd' and the ruler (:help hit-enter)

local levels = { 'ERROR', 'WARN', 'INFO', 'INFO' } -- by lsp.MessageType
local gone = { 'CursorMoved', 'CursorMovedI', 'InsertEnter', 'CmdlineEnter' }

local window ---@type integer?

local function close()
  if window and vim.api.nvim_win_is_valid(window) then
    vim.api.nvim_win_close(window, true)
  end
  window = nil
end

local function fits(text)
  local room = vim.o.columns * math.max(vim.o.cmdheight, 1) - kept_free
  return not text:find('\n') and vim.fn.strdisplaywidth(text) <= room
end

-- Into `:messages`: with this 'shortmess' what is drawn of it is cut in its middle.
local function remember(text)
  local before = vim.o.shortmess
  vim.opt.shortmess:append('T')
  for line in vim.gsplit(text, '\n') do
    vim.api.nvim_cmd({ cmd = 'echomsg', args = { vim.fn.string(line) } }, {})
  end
  vim.o.shortmess = before
end

local function open(lines)
  close()
  local width = 1
  for _, line in ipairs(lines) do
    width = math.max(width, vim.fn.strdisplaywidth(line))
  end
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = 'wipe'
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  window = vim.api.nvim_open_win(buffer, false, {
    relative = 'editor',
    anchor = 'SW',
    row = vim.o.lines - vim.o.cmdheight - 1, -- above the status line
    col = 0,
    width = math.max(math.min(width, vim.o.columns - 2), 1),
    height = 1,
    style = 'minimal',
    border = 'rounded',
    noautocmd = true,
  })
  vim.wo[window].wrap = true
  vim.wo[window].linebreak = true
  vim.api.nvim_win_set_height(window, vim.api.nvim_win_text_height(window, {}).all)
  local group = vim.api.nvim_create_augroup('lemma.message', {})
  vim.api.nvim_create_autocmd(gone, { group = group, once = true, callback = close })
end

---@param level integer?  of vim.log.levels
function M.tell(text, level)
  if fits(text) or vim.fn.getcmdwintype() ~= '' then -- no window opens beside that one
    return vim.notify(text, level)
  end
  remember(text)
  open(vim.split(text, '\n'))
end

function M.on_message(_, params)
  M.tell(params.message, vim.log.levels[levels[params.type]])
end

return M
