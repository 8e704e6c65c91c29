-- The language server: finding it, starting it once for all buffers, asking it for a completion.
local say = require('lemma.words').say

local M = {}

local name = 'lemma'
local max_failures, lately_ms = 3, 3 * 60 * 1000
local failures = {} ---@type integer[]  when it ended unasked or could not be started, lately
local given_up = false
local started = nil ---@type integer?  the client's id, also before it has answered anything
local in_flight = nil ---@type { client: table, id: integer }?

M.last_error = nil ---@type string?
M.verdicts = {} ---@type table<integer, table>  by buffer
-- Called where the server has a better suggestion than the one that is shown.
M.on_better = nil ---@type fun(buffer: integer)?
-- Called where the server has ended unasked and may be started again.
M.on_failed = nil ---@type fun()?
M.last_status = nil ---@type table?  as the server announced it

-- Both server states and keystrokes announce a status; the line is drawn anew when it says more.
local function on_status(_, status)
  local status_line = require('lemma.status')
  local before = status_line.line()
  M.last_status = type(status) == 'table' and status or nil
  if status_line.line() ~= before then
    vim.cmd.redrawstatus({ bang = true })
  end
end

-- Of the suggestion that is shown; the server sends it again when a part of it has been typed.
local function on_verdict(_, verdict)
  local buffer = type(verdict) == 'table' and vim.uri_to_bufnr(verdict.uri)
  if buffer and vim.api.nvim_buf_is_loaded(buffer) then
    M.verdicts[buffer] = verdict
    vim.cmd.redrawstatus({ bang = true })
    if verdict.better and M.verdict(buffer) and M.on_better then
      M.on_better(buffer)
    end
  end
end

-- Neovim 0.10 takes new hints for a text that it has drawn since it asked as drawn already; begun
-- anew, they are.
local function on_refresh(_, _, context)
  for buffer in pairs(vim.lsp.get_client_by_id(context.client_id).attached_buffers) do
    if vim.lsp.inlay_hint.is_enabled({ bufnr = buffer }) then
      vim.lsp.inlay_hint.enable(false, { bufnr = buffer })
      vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
    end
  end
  return vim.NIL
end

---@return string?  "3/3"
function M.verdict(buffer)
  local verdict = M.verdicts[buffer]
  if verdict and verdict.version == vim.lsp.util.buf_versions[buffer] then
    return ('%d/%d'):format(verdict.passed, verdict.tests)
  end
end

-- 0.11 made the client's functions methods.
function M.call(client, method, ...)
  if vim.fn.has('nvim-0.11') == 1 then
    return client[method](client, ...)
  end
  return client[method](...)
end
local call = M.call

local function from_this_checkout()
  local here = vim.uv.fs_realpath(debug.getinfo(1, 'S').source:sub(2))
  for _ = 1, 5 do
    here = vim.fs.dirname(here)
  end
  return here .. '/build/release/lemma'
end

-- The configured command, else the program in PATH, else the one built in this checkout.
---@return string[]? command, string? problem
function M.command(config)
  local command = config.cmd
  if not command then
    local program = vim.fn.exepath('lemma')
    command = { program ~= '' and program or from_this_checkout(), 'lsp' }
  end
  if vim.fn.executable(command[1]) == 0 then
    return nil,
      say("there is no program '%s'; build it with ./dev build, or set cmd", command[1])
  end
  return command
end

---@return table? client
function M.of(buffer)
  return vim.lsp.get_clients({ bufnr = buffer, name = name })[1]
end

---@return table? client
function M.any()
  return vim.lsp.get_clients({ name = name })[1]
end

local function report(message)
  M.last_error = message
  vim.notify_once('lemma: ' .. message, vim.log.levels.WARN)
end

local function on_init(client)
  -- Columns are bytes everywhere in this plugin (and Neovim 0.10 sends wrong UTF-16 columns).
  if client.offset_encoding ~= 'utf-8' then
    report(say('the server does not speak utf-8 positions; is it lemma lsp?'))
    call(client, 'stop')
  end
  client.server_capabilities.hoverProvider = false -- until there is something to tell
end

-- One that fails again and again is left alone; one that has served for hours is started again.
local function on_failure(message)
  local now = vim.uv.now()
  failures = vim.tbl_filter(function(at)
    return now - at < lately_ms
  end, failures)
  failures[#failures + 1] = now
  given_up = #failures >= max_failures
  local hint = given_up and say('%s; :LemmaRestart starts it again', message)
    or say('%s; see :checkhealth lemma', message)
  vim.schedule(function()
    report(hint)
  end)
end

local function on_exit(code, signal)
  in_flight = nil
  M.last_status = nil
  vim.schedule(require('lemma.progress').forget)
  if code ~= 0 or (signal ~= 0 and signal ~= 15) then
    on_failure(say('the server ended with code %d, signal %d', code, signal))
    -- Not before Neovim has forgotten the old one.
    vim.defer_fn(function()
      M.on_failed()
    end, 100)
  end
end

local function project_of(buffer)
  return vim.fs.root(buffer, { '.git', '.hg' })
end

-- The folder of a first file that belongs to no project. A home, or another place where projects
-- lie side by side, is no folder to work in: it would bring their texts to those of all others.
local function folder_of(buffer)
  local folder = vim.fs.dirname(vim.api.nvim_buf_get_name(buffer))
  local inside = folder == '/' and folder or folder .. '/'
  for _, wide in ipairs({ vim.uv.os_homedir(), vim.uv.os_tmpdir() }) do
    if vim.startswith(vim.fs.normalize(wide) .. '/', inside) then
      return nil
    end
  end
  local projects = vim.fn.globpath(vim.fn.escape(folder, '\\,*?[]{}`$'), '*/.git', true, true)
  return #projects == 0 and folder or nil
end

-- The server was told of the first file's project alone.
local function on_attach(client, buffer)
  local project = project_of(buffer)
  local folders = client.workspace_folders or {}
  local known = vim.iter(folders):any(function(folder)
    return folder.name == project
  end)
  if project and not known then
    local folder = { uri = vim.uri_from_fname(project), name = project }
    folders[#folders + 1] = folder
    client.workspace_folders = folders
    call(client, 'notify', 'workspace/didChangeWorkspaceFolders', {
      event = { added = { folder }, removed = {} },
    })
  end
end

-- Starts the server when there is none.
---@return boolean
function M.attach(buffer, config)
  if M.of(buffer) then
    return true
  end
  local command, problem = M.command(config)
  if not command then
    report(problem)
    return false
  end
  if given_up then
    return false
  end
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.general.positionEncodings = { 'utf-8' }
  capabilities.textDocument.inlineCompletion = { dynamicRegistration = false }
  capabilities.experimental = {
    lemmaStatus = true,
    lemmaChanges = true,
    lemmaNextEdits = config.next_edits,
  }
  local id = vim.lsp.start({
    name = name,
    cmd = command,
    root_dir = project_of(buffer) or folder_of(buffer),
    capabilities = capabilities,
    init_options = config.settings,
    settings = { lemma = config.settings },
    handlers = {
      ['lemma/status'] = on_status,
      ['lemma/verdict'] = on_verdict,
      ['workspace/inlayHint/refresh'] = on_refresh,
      ['window/showMessage'] = function(...)
        require('lemma.message').on_message(...)
      end,
      ['workspace/applyEdit'] = function(...)
        return require('lemma.edits').on_apply_edit(...)
      end,
      ['lemma/piece'] = function(...)
        require('lemma.ask').on_piece(...)
      end,
      ['lemma/end'] = function(...)
        require('lemma.ask').on_end(...)
      end,
      ['lemma/changed'] = function(...)
        require('lemma.change').on_changed(...)
      end,
      ['lemma/nextEdits'] = function(...)
        require('lemma.next_edits').on_next_edits(...)
      end,
      ['textDocument/publishDiagnostics'] = function(...)
        require('lemma.debug').on_diagnostics(...)
      end,
    },
    -- For hints and questions in the user's language; Neovim itself tells no server.
    before_init = function(params)
      params.locale = vim.v.lang
    end,
    on_init = on_init,
    on_attach = on_attach,
    on_exit = on_exit,
  }, {
    bufnr = buffer,
    silent = true,
    -- One server for all folders: the model is in memory once.
    reuse_client = function(client, other)
      return client.name == other.name
    end,
  })
  if not id and vim.api.nvim_buf_is_loaded(buffer) then
    on_failure(say("'%s' cannot be started", command[1]))
  end
  started = id or started
  return id ~= nil
end

-- Neovim tells a server of a buffer's other name only when it is written, and speaks until then of
-- a document that the server does not know. Attached again, it is opened under that name.
function M.detach(buffer)
  local client = M.of(buffer)
  if client then
    vim.lsp.buf_detach_client(buffer, client.id)
  end
end

-- Stops the server, even one that hangs; calls `on_stopped` when it has ended.
function M.restart(on_stopped)
  failures, given_up = {}, false
  M.last_error = nil
  local old = started and vim.lsp.get_client_by_id(started)
  if old then
    call(old, 'stop', true)
  end
  local waiting = assert(vim.uv.new_timer())
  waiting:start(0, 50, vim.schedule_wrap(function()
    local ended = not old or not vim.lsp.get_client_by_id(old.id)
    if ended and not waiting:is_closing() then
      waiting:close()
      on_stopped()
    end
  end))
end

function M.cancel()
  if in_flight then
    call(in_flight.client, 'cancel_request', in_flight.id)
    in_flight = nil
  end
end

-- Asks for a completion at the cursor; `on_answer` gets the items, if any.
---@param kind integer
---@return table? client, integer? id  of the request
local function request(buffer, kind, on_answer)
  local client = M.of(buffer)
  if not client then
    return
  end
  local cursor = vim.api.nvim_win_get_cursor(0)
  local sent, id = call(client, 'request', 'textDocument/inlineCompletion', {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    position = { line = cursor[1] - 1, character = cursor[2] },
    context = { triggerKind = kind },
  }, function(failure, result)
    if failure then
      M.last_error = failure.message
    end
    on_answer(type(result) == 'table' and (result.items or result) or {})
  end, buffer)
  if sent then
    return client, id
  end
end

M.invoked, M.automatic = 1, 2 -- as LSP numbers them

-- Asks for completions at the cursor; `on_items` gets them, unless by then anything has changed:
-- the text, the cursor, the buffer or the mode.
---@param kind integer  M.invoked: by a key, then there may be several, and a list of none is given
function M.complete(buffer, kind, on_items)
  M.cancel()
  local cursor = vim.api.nvim_win_get_cursor(0)
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  local function current()
    return vim.api.nvim_get_current_buf() == buffer
      and vim.api.nvim_get_mode().mode:sub(1, 1) == 'i'
      and vim.api.nvim_buf_get_changedtick(buffer) == tick
      and vim.deep_equal(vim.api.nvim_win_get_cursor(0), cursor)
  end
  local asked = {}
  local client, id = request(buffer, kind, function(items)
    if in_flight ~= asked then
      return -- cancelled, and answered all the same
    end
    in_flight = nil
    if #items > 1 then
      M.verdicts[buffer] = nil -- nobody has tried the others
    end
    if (#items > 0 or kind == M.invoked) and current() then
      on_items(items)
    end
  end)
  if client then
    asked.client, asked.id = client, id
    in_flight = asked
  end
end

-- For completion menus: `on_item` is called in any case, with nil where there is nothing.
---@return fun()  cancels
function M.offer(buffer, on_item)
  local client, id = request(buffer, M.automatic, function(items)
    on_item(items[1])
  end)
  if not client then
    on_item(nil)
  end
  return function()
    if client then
      call(client, 'cancel_request', id)
    end
  end
end

---@param on_done fun()?  called unless it was refused
---@return boolean  whether there was a server to ask
function M.execute(buffer, command, on_done)
  local client = M.of(buffer)
  if not client then
    return false
  end
  call(client, 'request', 'workspace/executeCommand', {
    command = command.command,
    arguments = command.arguments,
  }, function(failure)
    if failure then
      require('lemma.message').tell('lemma: ' .. failure.message, vim.log.levels.WARN)
    elseif on_done then
      on_done()
    end
  end, buffer)
  return true
end

-- What was selected for the command, else the cursor; columns are bytes.
---@param arguments table  of a user command
function M.span_of(arguments)
  local cursor = vim.api.nvim_win_get_cursor(0)
  local first, last = { cursor[1], cursor[2] }, { cursor[1], cursor[2] }
  if arguments.range > 0 then
    first = { arguments.line1, 0 }
    last = { arguments.line2, #vim.fn.getline(arguments.line2) }
    local from, to = vim.fn.getpos("'<"), vim.fn.getpos("'>")
    -- A selection gives two lines; one was typed, whatever had been selected in it.
    local selected = arguments.range == 2 and vim.fn.visualmode() == 'v'
    if selected and from[2] == first[1] and to[2] == last[1] then
      local line = vim.fn.getline(to[2])
      -- The mark is at the first byte of the last character, or of the one behind it.
      local after = math.min(to[3] - 1, #line)
      local inclusive = vim.o.selection ~= 'exclusive'
      local rest = inclusive and #vim.fn.matchstr(line:sub(after + 1), '^.') or 0
      first[2], last[2] = from[3] - 1, after + rest
    end
  end
  return {
    start = { line = first[1] - 1, character = first[2] },
    ['end'] = { line = last[1] - 1, character = last[2] },
  }
end

-- The server's command about the current buffer, and a part of it.
---@param span table?
---@param text string?  what the command needs besides
---@param on_done fun()?  called unless it was refused
function M.execute_here(command, span, text, on_done)
  local buffer = vim.api.nvim_get_current_buf()
  local arguments = { vim.uri_from_bufnr(buffer) }
  vim.list_extend(arguments, { text })
  vim.list_extend(arguments, { span })
  if not M.execute(buffer, { command = command, arguments = arguments }, on_done) then
    local why_off = require('lemma').why_off(buffer)
    local off = why_off and say('off in this buffer: %s', why_off)
    local why = off or M.last_error or say('the server is not running here, or is still starting')
    require('lemma.message').tell('lemma: ' .. why)
  end
end

local function ask(method, on_answer, params)
  local client = M.any()
  if not client then
    return on_answer(nil, M.last_error or say('the server is not running'))
  end
  call(client, 'request', method, params or vim.empty_dict(), function(failure, result)
    on_answer(type(result) == 'table' and result or nil, failure and failure.message)
  end)
end

---@return boolean  whether there was a server to tell
function M.notify(method, params)
  local client = M.any()
  return client ~= nil and call(client, 'notify', method, params) ~= false
end

---@param on_status fun(status: table?, problem: string?)
function M.status(on_status)
  ask('lemma/status', on_status)
end

---@param on_stats fun(stats: table?, problem: string?)
function M.stats(on_stats)
  ask('lemma/stats', on_stats)
end

-- A question to the model; the answer comes to lemma.ask.
---@param on_asked fun(result: table?, problem: string?)
function M.ask(params, on_asked)
  ask('lemma/ask', on_asked, params)
end

---@param on_why fun(why: table?, problem: string?)
function M.why(on_why)
  ask('lemma/why', on_why)
end

return M
