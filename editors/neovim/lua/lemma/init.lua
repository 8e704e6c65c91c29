-- Completions from the lemma language server as ghost text. See doc/lemma.txt.
--
-- init.lua decides when to ask; client.lua asks; ghost.lua shows and accepts. What the server
-- proposes unasked is in next_edits.lua.
local client = require('lemma.client')
local ghost = require('lemma.ghost')
local keys = require('lemma.keys')
local lenses = require('lemma.lenses')
local next_edits = require('lemma.next_edits')
local progress = require('lemma.progress')
local say = require('lemma.words').say
local suggest = require('lemma.suggest')
local view = require('lemma.view')

local M = {}

---@class lemma.Config
local defaults = {
  cmd = nil, ---@type string[]?  default: `lemma lsp` from PATH, else of this checkout
  keys = {
    accept = '<Tab>',
    accept_word = '<M-Right>',
    accept_line = '<M-C-Right>',
    dismiss = '<C-]>',
    next = '<M-]>',
    previous = '<M-[>',
    suggest = '<M-Bslash>',
  },
  filetypes = { ['*'] = true }, ---@type table<string, boolean>
  debounce_ms = 40,
  ghost_text = true, -- false: only the sources of completion menus ask
  hide_during_menu = true,
  next_edits = true,
  lenses = true,
  max_bytes = 5 * 1024 * 1024,
  settings = vim.empty_dict(), -- for the server
  builtin = false, -- Neovim 0.12: vim.lsp.inline_completion instead of our own ghost text
}

M.config = nil ---@type lemma.Config?

local timer = assert(vim.uv.new_timer())
-- Counts the changes: what a timer has scheduled for an older one comes too late to be stopped.
local change = 0

-- Completion menus other than the built-in one that say whether they are open.
local menus = { cmp = 'visible', ['blink.cmp'] = 'is_menu_visible' }

---@return boolean
function M.menu_visible()
  if vim.fn.pumvisible() == 1 then
    return true
  end
  for module, visible in pairs(menus) do
    local loaded = package.loaded[module]
    if type(loaded) == 'table' and loaded[visible] and loaded[visible]() then
      return true
    end
  end
  return false
end

---@return boolean  whether Neovim's own ghost text is used
function M.builtin()
  return M.config.ghost_text and M.config.builtin and vim.lsp.inline_completion ~= nil
end

local function size(buffer)
  return vim.api.nvim_buf_get_offset(buffer, vim.api.nvim_buf_line_count(buffer))
end

-- What the options say of the buffer's filetype, where it has no choice of its own.
local function off_by_filetype(buffer)
  local filetype = vim.bo[buffer].filetype
  local by_filetype = M.config.filetypes[filetype]
  if by_filetype == nil then
    by_filetype = filetype ~= '' and M.config.filetypes['*']
  end
  if vim.b[buffer].lemma_enabled or by_filetype then
    return nil
  end
  return filetype == '' and say('it has no filetype')
    or say("the option 'filetypes' leaves out %s", filetype)
end

-- Why there is nothing in this buffer, not even for who asks by a key; nil where there is.
---@return string?
function M.why_never(buffer)
  if vim.bo[buffer].buftype ~= '' then
    return say("it is no file ('buftype' is %s)", vim.bo[buffer].buftype)
  elseif not vim.bo[buffer].modifiable then
    return say("it cannot be changed ('modifiable' is off)")
  elseif vim.api.nvim_buf_get_name(buffer) == '' then
    -- Neovim tells a server of all such buffers as one document.
    return say('it has no name yet; :write it to a file, or name it by :file')
  elseif size(buffer) > M.config.max_bytes then
    return say("it is larger than the option 'max_bytes' (%d)", M.config.max_bytes)
  end
end

-- Why lemma is off in this buffer; nil where it is on.
---@return string?
function M.why_off(buffer)
  if vim.g.lemma_enabled == false then
    return say('it is off everywhere, by :LemmaToggle! or g:lemma_enabled')
  elseif vim.b[buffer].lemma_enabled == false then
    return say('by :LemmaToggle or b:lemma_enabled')
  end
  return M.why_never(buffer) or off_by_filetype(buffer)
end

---@return boolean
function M.enabled(buffer)
  return M.why_off(buffer) == nil
end

-- Where nothing may be shown, whatever the text is.
local function out_of_place()
  return (M.config.hide_during_menu and M.menu_visible())
    or vim.fn.getcurpos()[4] > 0 -- past the end of the line, with 'virtualedit'
end

local function quiet()
  return vim.api.nvim_get_mode().mode:sub(1, 1) ~= 'i'
    or out_of_place()
    or next_edits.going_through()
end

local function ask()
  local buffer = vim.api.nvim_get_current_buf()
  if M.enabled(buffer) and not quiet() then
    client.complete(buffer, client.automatic, function(items)
      if not quiet() then
        ghost.show({ items[1] })
        next_edits.refresh()
      end
    end)
  end
end

-- What is shown stays until the better one is there.
local function ask_again(buffer)
  if buffer == vim.api.nvim_get_current_buf() and ghost.visible() then
    ask()
  end
end

-- What is shown stays, and nothing comes by itself.
function M.wait_for_nothing()
  change = change + 1
  timer:stop()
  client.cancel()
end

-- Shows nothing and waits for nothing.
local function silence()
  M.wait_for_nothing()
  ghost.clear()
  next_edits.refresh()
end

local function on_change()
  if out_of_place() then
    return silence()
  end
  if ghost.refresh() then
    return -- what is shown still holds
  end
  silence()
  if not M.config.ghost_text then
    return
  end
  if M.enabled(vim.api.nvim_get_current_buf()) and not M.builtin() then
    local this_change = change
    local function ask_unless_changed()
      if change == this_change then
        ask()
      end
    end
    timer:start(M.config.debounce_ms, 0, vim.schedule_wrap(ask_unless_changed))
  end
end

-- A menu opens when its answers are there, and closes by keys of its own: nothing is typed then.
local function on_menu()
  vim.schedule(on_change) -- by then it says that it is open, or is not any more
end

local heard = nil ---@type table?

-- nvim-cmp has no autocommands for its menu, and may be loaded at any time.
local function listen_to_cmp()
  local cmp = package.loaded.cmp
  local event = type(cmp) == 'table' and cmp.event
  if event and event ~= heard then
    heard = event
    event:on('menu_opened', on_menu)
    event:on('menu_closed', on_menu)
  end
end

---@param part 'all'|'line'|'word'
---@return boolean  whether there was anything to accept
function M.accept(part)
  if M.menu_visible() then
    return false
  end
  if M.builtin() then
    return part == 'all' and (vim.lsp.inline_completion.get() or next_edits.take())
  end
  if not ghost.visible() then
    return part == 'all' and next_edits.take()
  end
  -- The breaks make it one step for undo, apart from what is typed before and after.
  keys.feed(('<C-g>u<Cmd>lua require("lemma").insert("%s")<CR><C-g>u'):format(part))
  return true
end

function M.insert(part)
  local buffer = vim.api.nvim_get_current_buf()
  local command = ghost.insert(part)
  if command then
    client.execute(buffer, command)
  end
end

---@return boolean
function M.dismiss()
  if not ghost.visible() then
    return next_edits.dismiss()
  end
  silence()
  return true
end

---@return fun()
local function call(run, argument)
  return function()
    return run(argument)
  end
end

local function nothing()
  return false
end

-- What each key does where it can, and what else where nobody has mapped it.
---@type table<string, { run: fun(): boolean, else_run: fun()? }>
local actions = {
  accept = { run = call(M.accept, 'all') },
  accept_word = { run = call(M.accept, 'word') },
  accept_line = { run = call(M.accept, 'line') },
  dismiss = { run = M.dismiss },
  next = { run = call(suggest.turn, 1), else_run = call(suggest.ask) },
  previous = { run = call(suggest.turn, -1), else_run = call(suggest.ask) },
  suggest = { run = nothing, else_run = call(suggest.ask) },
}

local function map_keys(buffer)
  for name, key in pairs(M.config.keys or {}) do
    local action = actions[name]
    if key and action then
      keys.map(buffer, key, name, action.run, action.else_run)
    end
  end
end

-- For mappings of the user's own.
local function map_plugs()
  for name, action in pairs(actions) do
    vim.keymap.set('i', ('<Plug>(lemma-%s)'):format(name:gsub('_', '-')), function()
      local _ = action.run() or (action.else_run and action.else_run())
    end)
  end
  vim.keymap.set('n', '<Plug>(lemma-fix)', call(require('lemma.fix').take, 'best'))
end

function M.attach(buffer)
  if not M.enabled(buffer) or not client.attach(buffer, M.config) then
    return
  end
  map_keys(buffer)
  if M.builtin() then
    vim.lsp.inline_completion.enable(true, { bufnr = buffer })
  end
end

-- On or off for this buffer, or everywhere.
---@param scope 'buffer'|'everywhere'
function M.toggle(scope)
  local buffer = vim.api.nvim_get_current_buf()
  local on = not M.enabled(buffer)
  local off_still = nil ---@type string?
  if scope == 'everywhere' then
    on = vim.g.lemma_enabled == false
    vim.g.lemma_enabled = on
  else
    vim.b[buffer].lemma_enabled = on
    off_still = on and M.why_off(buffer) or nil
  end
  silence()
  if M.builtin() then
    vim.lsp.inline_completion.enable(on, scope == 'buffer' and { bufnr = buffer } or nil)
  end
  M.attach(buffer)
  vim.cmd.redrawstatus({ bang = true })
  local is_on, is_off = say('lemma is on here'), say('lemma is off here')
  if scope == 'everywhere' then
    is_on, is_off = say('lemma is on everywhere'), say('lemma is off everywhere')
  end
  vim.notify(off_still and say('lemma stays off here: %s', off_still) or on and is_on or is_off)
end

local function create_autocommands()
  local group = vim.api.nvim_create_augroup('lemma', {})
  local function on(events, callback, pattern)
    local options = { group = group, callback = callback, pattern = pattern }
    vim.api.nvim_create_autocmd(events, options)
  end
  on('BufFilePre', function(event)
    client.detach(event.buf)
  end)
  on({ 'FileType', 'BufEnter', 'BufFilePost', 'BufWritePost', 'InsertEnter' }, function(event)
    M.attach(event.buf)
  end)
  on({ 'InsertEnter', 'CursorMovedI', 'TextChangedI', 'TextChangedP', 'CompleteDone' }, function()
    listen_to_cmp()
    on_change()
  end)
  on({ 'BufEnter', 'BufWritePost', 'InsertLeave' }, function(event)
    lenses.on_buffer(event.buf)
  end)
  on('User', on_menu, { 'BlinkCmpMenuOpen', 'BlinkCmpMenuClose' })
  on({ 'InsertLeave', 'BufLeave', 'WinLeave' }, silence)
  on({ 'WinScrolled', 'WinEnter', 'BufWinEnter', 'TabEnter', 'DiagnosticChanged' }, view.changed)
  on('LspProgress', function(event)
    local value = event.data.params.value
    if event.data.client_id == (client.any() or {}).id then
      progress.on_progress(event.data.params.token, value)
    end
  end)
  on('LspDetach', function(event)
    require('lemma.debug').on_detach(event.buf, event.data.client_id)
  end)
  -- The first file's server is ready only after the first words have been typed.
  on('LspAttach', function(event)
    view.forget()
    view.changed()
    lenses.on_attach(event.buf, event.data.client_id)
    if event.buf == vim.api.nvim_get_current_buf() then
      on_change()
    end
    suggest.on_attach(event.buf)
  end)
end

local function attach_all()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) then
      M.attach(buffer)
    end
  end
end

function M.restart()
  silence()
  client.restart(attach_all)
end

-- What is misspelled would be without effect, and without a word.
local function check_options(given, known, of)
  for _, name in ipairs(vim.fn.sort(vim.tbl_keys(given))) do
    if not vim.list_contains(known, name) then
      local all = table.concat(known, ', ')
      vim.notify_once(
        'lemma: ' .. say("there is no option '%s'; there are %s", of .. name, all),
        vim.log.levels.WARN
      )
    end
  end
end

---@param given table
local function check(given)
  local known = vim.list_extend({ 'cmd' }, vim.tbl_keys(defaults))
  check_options(given, vim.fn.sort(known), '')
  if type(given.keys) == 'table' then
    check_options(given.keys, vim.fn.sort(vim.tbl_keys(defaults.keys)), 'keys.')
  end
end

---@param config table?  see doc/lemma.txt
function M.setup(config)
  local given = vim.tbl_deep_extend('force', vim.g.lemma or {}, config or {})
  check(given)
  M.config = vim.tbl_deep_extend('force', defaults, given)
  if M.config.builtin and not vim.lsp.inline_completion then
    local text = say("builtin needs Neovim 0.12; showing lemma's own ghost text")
    vim.notify_once('lemma: ' .. text)
  end
  vim.api.nvim_set_hl(0, 'LemmaGhost', { link = 'Comment', default = true })
  vim.api.nvim_set_hl(0, 'LemmaGhostHint', { link = 'NonText', default = true })
  create_autocommands()
  map_plugs()
  if M.config.next_edits then
    next_edits.create() -- behind ours: what is shown at the cursor comes before them
  end
  require('lemma.change').create()
  client.on_better = ask_again
  client.on_failed = attach_all
  require('lemma.commands').create()
  -- Who loads plugins late sources plugin/lemma.lua first and calls setup() right after it: until
  -- then no server is started and no key is mapped.
  vim.schedule(attach_all)
end

-- For plugin/lemma.lua: a configuration that has already called setup() keeps what it chose.
function M.ensure_setup()
  if not M.config then
    M.setup()
  end
end

return M
