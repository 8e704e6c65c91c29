-- :LemmaAsk, a split with a conversation: questions, what was attached to them, and the answers as
-- they come. What a model thinks is folded away once it has answered.
local client = require('lemma.client')
local put = require('lemma.put')
local say = require('lemma.words').say

local M = {}

local conversations = {} ---@type table<string, table>  by name
local count = 0

local function last_window(panel)
  return vim.fn.win_findbuf(panel.buffer)[1]
end

local function go_to_end(panel)
  local window = last_window(panel)
  if window then
    vim.api.nvim_win_set_cursor(window, { vim.api.nvim_buf_line_count(panel.buffer), 0 })
  end
end

-- Puts text at the end of the buffer; it may go on in the last line. What stands there is left
-- alone, since folds would go with it. The cursor goes along, unless somebody reads further up.
local function append(panel, text)
  local buffer = panel.buffer
  if not vim.api.nvim_buf_is_valid(buffer) then
    return
  end
  local row = vim.api.nvim_buf_line_count(buffer) - 1
  local column = #vim.api.nvim_buf_get_lines(buffer, row, row + 1, true)[1]
  local window = last_window(panel)
  local at_end = window and vim.api.nvim_win_get_cursor(window)[1] == row + 1
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_text(buffer, row, column, row, column, vim.split(text, '\n'))
  vim.bo[buffer].modifiable = false
  if at_end then
    go_to_end(panel)
  end
end

-- The lines of the thinking, from its first to the present last, which an empty line follows.
local function fold_thinking(panel)
  local first, last = panel.thinks_from, vim.api.nvim_buf_line_count(panel.buffer)
  if not first then
    return
  end
  panel.thinks_from = nil
  append(panel, '\n\n')
  local window = last_window(panel)
  if window and last > first then
    vim.api.nvim_win_call(window, function()
      vim.cmd(('%d,%dfold'):format(first, last))
    end)
  end
end

local function on_thought(panel, text)
  if not panel.thinks_from then
    append(panel, say('thinking: '))
    panel.thinks_from = vim.api.nvim_buf_line_count(panel.buffer)
  end
  append(panel, text)
end

local function on_text(panel, text)
  fold_thinking(panel)
  panel.answers_from = panel.answers_from or vim.api.nvim_buf_line_count(panel.buffer)
  append(panel, text)
end

---@param piece table
function M.on_piece(_, piece)
  local panel = type(piece) == 'table' and conversations[piece.conversation]
  if not panel or not vim.api.nvim_buf_is_valid(panel.buffer) then
    return
  end
  if piece.kind == 'all_was_thought' then
    panel.thinks_from = panel.answers_from
    panel.answers_from = nil
  elseif piece.kind == 'thought' then
    on_thought(panel, piece.text)
  else
    on_text(panel, piece.text)
  end
end

---@param ended table
function M.on_end(_, ended)
  local panel = type(ended) == 'table' and conversations[ended.conversation]
  if not panel or not vim.api.nvim_buf_is_valid(panel.buffer) then
    return
  end
  fold_thinking(panel)
  append(panel, (ended.problem and '\n\n[' .. ended.problem .. ']' or '') .. '\n\n')
  panel.answers_from = nil
  panel.answering = false
end

local function attached_line(attached)
  return attached
      and say('attached: %s, lines %d to %d', attached.name, attached.firstLine + 1,
        attached.lastLine + 1) .. '\n'
    or ''
end

-- Asks in the panel: a `text`, or a `task` that the server words. `about` is what is attached:
-- { buffer, span }.
local function ask(panel, what, about)
  local params = vim.tbl_extend('error', { conversation = panel.name }, what)
  if about then
    params.textDocument = { uri = vim.uri_from_bufnr(about.buffer) }
    params.range = about.span
    panel.attached = put.attach(about.buffer, about.span)
  end
  client.ask(params, function(result, problem)
    if not vim.api.nvim_buf_is_valid(panel.buffer) then
      return
    end
    local question = result and result.question or what.text or what.task
    go_to_end(panel)
    append(panel, '> ' .. question:gsub('\n', '\n> ') .. '\n')
    if not result then
      return append(panel, '\n[' .. problem .. ']\n\n')
    end
    panel.answering = true
    append(panel, attached_line(result.attached) .. '\n')
  end)
end

function M.stop(panel)
  if panel.answering then
    client.notify('lemma/stop', { conversation = panel.name })
  end
end

local function ask_next(panel)
  vim.ui.input({ prompt = say('Ask: ') }, function(question)
    if question and question ~= '' then
      ask(panel, { text = question })
    end
  end)
end

-- Neovim takes a <C-c> that comes while Lua runs, as it does for each piece of an answer, for an
-- interrupt and looks no mapping up. `action` is called for these.
local function on_interrupt_in(buffer, action)
  local namespace = vim.api.nvim_create_namespace('lemma-interrupt-' .. buffer)
  vim.on_key(function(key)
    if key == '\3' and vim.api.nvim_get_current_buf() == buffer then
      action()
    end
  end, namespace)
  return function()
    vim.on_key(nil, namespace)
  end
end

local function open()
  count = count + 1
  local source = vim.api.nvim_get_current_buf()
  local buffer = vim.api.nvim_create_buf(false, true)
  local panel = { name = ('nvim-%d-%d'):format(vim.fn.getpid(), count), buffer = buffer }
  conversations[panel.name] = panel
  vim.cmd('botright vsplit')
  vim.api.nvim_win_set_buf(0, buffer)
  vim.api.nvim_buf_set_name(buffer, 'lemma://ask/' .. count)
  vim.bo[buffer].bufhidden = 'wipe'
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].filetype = 'markdown'
  local here = vim.wo[0][0] -- of this window alone, not of those to come
  here.foldmethod, here.wrap, here.linebreak = 'manual', true, true
  local function map(keys, action)
    vim.keymap.set('n', keys, action, { buffer = buffer, nowait = true })
  end
  map('<CR>', function()
    ask_next(panel)
  end)
  local function stop()
    M.stop(panel)
  end
  map('<C-c>', stop)
  map('p', function()
    put.put(source, nil, 'cursor')
  end)
  map('a', function()
    put.put(source, panel.attached, 'attached')
  end)
  local no_longer = on_interrupt_in(buffer, stop)
  map('q', function()
    if not pcall(vim.cmd.close) then
      vim.cmd.bwipeout() -- the only window shows another buffer then
    end
  end)
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = buffer,
    callback = function()
      no_longer()
      stop()
      conversations[panel.name] = nil
    end,
  })
  return panel
end

local function chosen(arguments)
  return arguments.range > 0
      and { buffer = vim.api.nvim_get_current_buf(), span = client.span_of(arguments) }
    or nil
end

---@param arguments table  of the command: the question, and the lines that are attached
function M.start(arguments)
  local about = chosen(arguments)
  local question = arguments.args or ''
  if question ~= '' then
    return ask(open(), { text = question }, about)
  end
  vim.ui.input({ prompt = say('Ask: ') }, function(typed)
    if typed and typed ~= '' then
      ask(open(), { text = typed }, about)
    end
  end)
end

---@param arguments table  of the command: the lines, else the function at the cursor
function M.explain(arguments)
  local about = { buffer = vim.api.nvim_get_current_buf(), span = client.span_of(arguments) }
  ask(open(), { task = 'explain' }, about)
end

return M
