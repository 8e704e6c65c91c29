-- Suggestions that are asked for by a key: at once, also where none come by themselves, and several
-- of them, to be gone through.
local client = require('lemma.client')
local ghost = require('lemma.ghost')
local say = require('lemma.words').say

local M = {}

-- Where they are asked for once there is a server.
local waiting = nil ---@type { buffer: integer, step: integer? }?

local function tell(text)
  require('lemma.message').tell('lemma: ' .. text)
end

-- Why there is none: the server knows.
local function tell_why()
  client.why(function(why)
    local last = why and why.answers and why.answers[1]
    local silence = last and last.silence
    tell(silence and say('nothing to suggest here: %s', silence) or say('nothing to suggest here'))
  end)
end

---@param step integer?
local function on_items(items, step)
  local lemma = require('lemma')
  if lemma.menu_visible() then
    return
  end
  if #items == 0 and not ghost.visible() then
    return tell_why()
  end
  -- What is shown already comes first.
  if #items > 0 and not ghost.show(items) then
    return tell(say('nothing to suggest here'))
  end
  if step and not ghost.turn(step) then
    tell(say('no other suggestion here'))
  end
  require('lemma.next_edits').refresh()
end

-- From Normal mode: once there is Insert mode.
local function in_insert_mode(run)
  if vim.api.nvim_get_mode().mode:sub(1, 1) == 'i' then
    return run()
  end
  vim.api.nvim_create_autocmd('InsertEnter', { once = true, callback = vim.schedule_wrap(run) })
  local last = vim.api.nvim_win_get_cursor(0)[2] >= #vim.api.nvim_get_current_line() - 1
  vim.cmd(last and 'startinsert!' or 'startinsert')
end

-- Neovim's own inline completion asks only by itself; what it has is found by its own ways.
local function builtin_completor(buffer)
  local found, capability = pcall(require, 'vim.lsp._capability')
  local class = found and capability.all and capability.all.inline_completion
  return class and class.active and class.active[buffer]
end

---@param step integer?
local function ask_builtin(buffer, step)
  local completor, lemma = builtin_completor(buffer), client.of(buffer)
  if not completor or not lemma then
    return
  end
  local cursor = vim.api.nvim_win_get_cursor(0)
  client.call(lemma, 'request', 'textDocument/inlineCompletion', {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    position = { line = cursor[1] - 1, character = cursor[2] },
    context = { triggerKind = client.invoked },
  }, function(failure, result, context)
    completor:handler(failure, result, context)
    if not result then
      tell_why()
    elseif step then
      vim.lsp.inline_completion.select({ bufnr = buffer, count = step })
    end
  end, buffer)
end

-- Asks for a suggestion at the cursor now, whatever is shown; with `step` to show the next of
-- several, or the one before.
---@param step integer?
function M.ask(step)
  local lemma = require('lemma')
  local buffer = vim.api.nvim_get_current_buf()
  local never = lemma.why_never(buffer)
  if never then
    return tell(say('off in this buffer: %s', never))
  end
  if not client.of(buffer) then
    if not client.attach(buffer, lemma.config) then
      return tell(client.last_error or say('the server is not running'))
    end
    waiting = { buffer = buffer, step = step }
    return
  end
  in_insert_mode(function()
    if vim.api.nvim_get_current_buf() ~= buffer then
      return
    elseif lemma.builtin() then
      return ask_builtin(buffer, step)
    end
    lemma.wait_for_nothing()
    client.complete(buffer, client.invoked, function(items)
      on_items(items, step)
    end)
  end)
end

-- The server is there.
function M.on_attach(buffer)
  local asked = waiting
  if asked and asked.buffer == buffer then
    waiting = nil
    if buffer == vim.api.nvim_get_current_buf() then
      M.ask(asked.step)
    end
  end
end

-- Shows the next suggestion (1) or the one before (-1) in the place of the one that is shown.
---@param step integer
---@return boolean  whether there was one
function M.turn(step)
  local lemma = require('lemma')
  if lemma.menu_visible() then
    return false
  end
  if lemma.builtin() then
    local completor = builtin_completor(vim.api.nvim_get_current_buf())
    if not completor or not completor.current then
      return false
    elseif completor:count_items() > 1 then
      vim.lsp.inline_completion.select({ count = step })
    else
      M.ask(step)
    end
    return true
  end
  if not ghost.visible() then
    return false
  end
  if not ghost.turn(step) then
    M.ask(step)
  end
  return true
end

return M
