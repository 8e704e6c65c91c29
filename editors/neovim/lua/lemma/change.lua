-- :LemmaChange: a model changes the selected lines as it is told; :LemmaDocument: it documents
-- them. What it has written is shown in place, with what was seen of it; a key takes it, another
-- leaves it, and the text's next change leaves it too.
local client = require('lemma.client')
local keys = require('lemma.keys')
local say = require('lemma.words').say

local M = {}

local namespace = vim.api.nvim_create_namespace('lemma.change')

---@class lemma.Change
---@field tick integer  of the text that it is a change of
---@field hunks { row: integer, count: integer, new: string[] }[]  from 0, in the text's order
---@field give_back fun()[]  keys
local offers = {} ---@type table<integer, lemma.Change>  by buffer

local colours = { passes = 'DiagnosticOk', breaks = 'DiagnosticWarn', nothing = 'Comment' }

---@return boolean  whether one is shown in the current buffer
function M.is_shown()
  return offers[vim.api.nvim_get_current_buf()] ~= nil
end

local function clear(buffer)
  local offer = offers[buffer]
  if not offer then
    return
  end
  offers[buffer] = nil
  for _, give_back in ipairs(offer.give_back) do
    give_back()
  end
  if vim.api.nvim_buf_is_valid(buffer) then
    vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  end
end

-- Lines of the buffer that go, and what comes in their place.
local function hunks_of(buffer, report)
  local first, last = report.range.start.line, report.range['end'].line
  local old = vim.api.nvim_buf_get_lines(buffer, first, last + 1, false)
  local new = vim.split(report.newText, '\r?\n')
  local function text(lines)
    return table.concat(lines, '\n') .. '\n'
  end
  local hunks = {}
  for _, hunk in ipairs(vim.diff(text(old), text(new), { result_type = 'indices' })) do
    local from, count, new_from, new_count = unpack(hunk)
    hunks[#hunks + 1] = {
      -- Where no line goes, `from` is the line before.
      row = first + from - (count > 0 and 1 or 0),
      count = count,
      new = vim.list_slice(new, new_from, new_from + new_count - 1),
    }
  end
  return hunks
end

local function accept_key()
  local chosen = require('lemma').config.keys
  return chosen and chosen.accept or '<CR>'
end

-- Virtual lines above the window's first line are not seen unless it makes room for them.
local function make_room(buffer, above)
  local window = vim.fn.bufwinid(buffer)
  if window == -1 then
    return
  end
  vim.api.nvim_win_call(window, function()
    local row = offers[buffer].hunks[1].row + 1
    if row < vim.fn.line('w0') or row > vim.fn.line('w$') then
      vim.cmd.normal({ "m'", bang = true })
      local last = vim.api.nvim_buf_line_count(buffer)
      vim.api.nvim_win_set_cursor(0, { math.min(row, last), 0 })
      vim.cmd.normal({ 'zz', bang = true })
    end
    if row <= vim.fn.line('w0') then
      vim.fn.winrestview({ topline = row, topfill = above })
    end
  end)
end

-- Virtual lines are cut at the window's edge: pieces that fit into it, broken at blanks where there
-- are some.
---@return string[]
local function wrapped(text, width)
  local pieces, piece = {}, ''
  for _, word in ipairs(vim.fn.split(text, ' \\zs')) do
    if piece ~= '' and vim.fn.strdisplaywidth(piece .. word) > width then
      pieces[#pieces + 1], piece = piece, ''
    end
    while vim.fn.strdisplaywidth(word) > width do -- Chinese has no blanks
      local fits = 1
      while vim.fn.strdisplaywidth(vim.fn.strcharpart(word, 0, fits + 1)) <= width do
        fits = fits + 1
      end
      pieces[#pieces + 1] = vim.fn.strcharpart(word, 0, fits)
      word = vim.fn.strcharpart(word, fits)
    end
    piece = piece .. word
  end
  pieces[#pieces + 1] = piece
  return pieces
end

---@return integer  columns for text in the window of the buffer
local function room_in(buffer)
  local window = vim.fn.bufwinid(buffer)
  local info = window ~= -1 and vim.fn.getwininfo(window)[1]
  return math.max(info and info.width - info.textoff or vim.o.columns, 20)
end

local function draw(buffer, report)
  local offer = offers[buffer]
  local bar = { '│ ', 'LemmaChangeHint' } -- tells it from the text around
  local head = {}
  for _, sentence in ipairs(report.evidence) do
    for _, piece in ipairs(wrapped(sentence, room_in(buffer) - 2)) do
      head[#head + 1] = { bar, { piece, colours[report.seen] } }
    end
  end
  local hint = say('%s takes it, <Esc> leaves it', accept_key())
  head[#head + 1] = { bar, { hint, 'LemmaChangeHint' } }
  local lines = vim.api.nvim_buf_line_count(buffer)
  for index, hunk in ipairs(offer.hunks) do
    for row = hunk.row, hunk.row + hunk.count - 1 do
      vim.api.nvim_buf_set_extmark(buffer, namespace, row, 0, {
        line_hl_group = 'LemmaChangeOld',
      })
    end
    local new = {}
    for _, line in ipairs(hunk.new) do
      -- Tabs are not drawn as such in virtual lines.
      local shown = line:gsub('\t', (' '):rep(vim.bo[buffer].tabstop))
      new[#new + 1] = { { shown == '' and ' ' or shown, 'LemmaChangeNew' } }
    end
    if index == 1 then
      vim.api.nvim_buf_set_extmark(buffer, namespace, math.min(hunk.row, lines - 1), 0, {
        virt_lines = head,
        virt_lines_above = hunk.row < lines,
      })
    end
    local row = hunk.row + hunk.count
    local above = hunk.count == 0 and row < lines
    local at = math.min(above and row or row - 1, lines - 1)
    vim.api.nvim_buf_set_extmark(buffer, namespace, at, 0, {
      virt_lines = new,
      virt_lines_above = above,
    })
  end
  make_room(buffer, #head)
end

-- From the server.
function M.on_changed(_, report)
  local buffer = type(report) == 'table' and vim.uri_to_bufnr(report.uri)
  if not buffer or not vim.api.nvim_buf_is_loaded(buffer) then
    return
  end
  clear(buffer)
  if report.version ~= vim.lsp.util.buf_versions[buffer] then
    return -- the text has changed, and the server says so
  end
  offers[buffer] = {
    tick = vim.api.nvim_buf_get_changedtick(buffer),
    hunks = hunks_of(buffer, report),
    give_back = {},
  }
  require('lemma.next_edits').refresh() -- which lets go of the same keys
  offers[buffer].give_back = {
    keys.borrow(buffer, '<Esc>', 'leave the change', M.leave),
    keys.borrow(buffer, accept_key(), 'take the change', M.take),
  }
  draw(buffer, report)
end

function M.leave()
  clear(vim.api.nvim_get_current_buf())
end

function M.take()
  local buffer = vim.api.nvim_get_current_buf()
  local offer = offers[buffer]
  clear(buffer)
  if not offer or offer.tick ~= vim.api.nvim_buf_get_changedtick(buffer) then
    return
  end
  for index = #offer.hunks, 1, -1 do
    local hunk = offer.hunks[index]
    vim.api.nvim_buf_set_lines(buffer, hunk.row, hunk.row + hunk.count, true, hunk.new)
  end
  local row = math.min(offer.hunks[1].row + 1, vim.api.nvim_buf_line_count(buffer))
  vim.api.nvim_win_set_cursor(0, { row, 0 })
  vim.cmd.normal({ '^', bang = true })
end

local asked_in = nil ---@type integer?  the buffer that the model is asked about
local give_back_stop = nil ---@type fun()?  a key

-- While the model is asked, <Esc> in that buffer gives it up.
---@param going_on boolean
function M.on_progress(going_on)
  if not going_on and give_back_stop then
    give_back_stop()
    give_back_stop = nil
  elseif going_on and not give_back_stop and asked_in and vim.api.nvim_buf_is_loaded(asked_in) then
    give_back_stop = keys.borrow(asked_in, '<Esc>', 'give the change up', M.stop)
  end
end

function M.stop()
  local token = require('lemma.progress').going_on('change')
  if not token then
    return vim.notify('lemma: ' .. say('nothing is being changed'))
  end
  client.notify('window/workDoneProgress/cancel', { token = token })
  vim.notify('lemma: ' .. say('the change was stopped'))
end

M.words = { 'stop' }

local function request(command, span, instruction)
  asked_in = vim.api.nvim_get_current_buf()
  clear(asked_in)
  client.execute_here(command, span, instruction)
end

---@param arguments table  of the command: the lines, else the cursor's
function M.document(arguments)
  request('lemma.document', client.span_of(arguments))
end

---@param arguments table  of the command: the instruction, and the lines, else the cursor's
function M.start(arguments)
  if arguments.args == 'stop' then
    return M.stop()
  end
  local span = client.span_of(arguments)
  local function send(instruction)
    request('lemma.change', span, instruction)
  end
  if arguments.args ~= '' then
    return send(arguments.args)
  end
  local status = client.last_status
  if status and not status.asks then
    return send('') -- there is no model, and the server says what would make one
  end
  vim.ui.input({ prompt = say('Change: ') }, function(instruction)
    if instruction and instruction:find('%S') then
      send(instruction)
    end
  end)
end

function M.create()
  for name, link in pairs({ Old = 'DiffDelete', New = 'DiffAdd', Hint = 'Comment' }) do
    vim.api.nvim_set_hl(0, 'LemmaChange' .. name, { link = link, default = true })
  end
  local group = vim.api.nvim_create_augroup('lemma.change', {})
  vim.api.nvim_create_autocmd({ 'TextChanged', 'TextChangedI', 'TextChangedP' }, {
    group = group,
    callback = function(event)
      local offer = offers[event.buf]
      if offer and offer.tick ~= vim.api.nvim_buf_get_changedtick(event.buf) then
        clear(event.buf)
      end
    end,
  })
  vim.api.nvim_create_autocmd({ 'BufUnload', 'LspDetach' }, {
    group = group,
    callback = function(event)
      clear(event.buf)
    end,
  })
end

return M
