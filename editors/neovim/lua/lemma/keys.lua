-- Keys that do something only while a suggestion is shown, and otherwise whatever they did before.
local M = {}

local description = 'lemma: '

-- nvim-cmp and blink.cmp map their keys over ours when Insert mode begins, and fall back to them.
-- Mapped over theirs in turn, each would be called by the other, once more with every insertion.
local fall_back = { 'cmp.utils.keymap', 'blink.cmp' }

local function is_of(mapping, descriptions)
  return vim.iter(descriptions):any(function(start)
    return vim.startswith(mapping.desc or '', start)
  end)
end

local function raw(keys)
  return vim.api.nvim_replace_termcodes(keys, true, true, true)
end

-- 'i': ahead of what the user has typed since.
local function feed(keys, remap)
  vim.api.nvim_feedkeys(keys, (remap and 'm' or 'n') .. 'i', true)
end

-- Looked up when the key is pressed, since plugins set their mappings at any time.
local function global_mapping(key)
  for _, mapping in ipairs(vim.api.nvim_get_keymap('i')) do
    if mapping.lhsraw == key or mapping.lhsrawalt == key then
      return mapping
    end
  end
end

-- What the mapping `former` of the raw key `key` would have done; nil: `else_run`, else the key
-- itself.
local function run(former, key, else_run)
  if not former and else_run then
    return else_run()
  elseif not former then
    -- A key fed here would not trigger an abbreviation; <C-]> does just that.
    local abbreviations = vim.fn.pumvisible() == 0 and raw('<C-]>') or ''
    return feed(abbreviations .. key, false)
  end
  if former.callback and former.expr == 0 then
    return former.callback()
  end
  local rhs = (former.rhs or ''):gsub('<[sS][iI][dD]>', ('<SNR>%d_'):format(former.sid))
  local keys = raw(rhs)
  if former.expr == 1 then
    local value = former.callback and former.callback() or nil
    if not former.callback then
      value = vim.api.nvim_eval(keys)
    end
    keys = tostring(value or '')
    keys = former.replace_keycodes == 1 and raw(keys) or keys
  end
  if former.noremap == 1 and former.script ~= 1 then
    return feed(keys, false)
  end
  -- As in any mapping, a right side that begins with its own left side does not start over.
  local itself = vim.startswith(keys, key)
  if not itself then
    return feed(keys, true)
  end
  feed(keys:sub(#key + 1), true)
  feed(key, false)
end

-- `action` returns false when there was nothing to do; `else_run` is in the key's own place.
---@param action fun(): boolean
---@param else_run fun()?
function M.map(buffer, lhs, name, action, else_run)
  local key = raw(lhs)
  local former = vim.api.nvim_buf_call(buffer, function()
    return vim.fn.maparg(lhs, 'i', false, true)
  end)
  local mapped = vim.b[buffer].lemma_keys or {}
  if is_of(former, { description }) or (mapped[lhs] and is_of(former, fall_back)) then
    return
  end
  if former.buffer ~= 1 then
    former = nil
  end
  vim.keymap.set('i', lhs, function()
    if not action() then
      run(former or global_mapping(key), key, else_run)
    end
  end, { buffer = buffer, desc = description .. name })
  mapped[lhs] = true
  vim.b[buffer].lemma_keys = mapped
end

-- A key of Normal mode in this buffer, for as long as it has something to do.
---@param action fun()
---@return fun()  gives it back to whom it belonged before
function M.borrow(buffer, lhs, name, action)
  local function present()
    return vim.fn.maparg(lhs, 'n', false, true)
  end
  local former = vim.api.nvim_buf_call(buffer, present)
  local ours = { buffer = buffer, nowait = true, desc = description .. name }
  vim.keymap.set('n', lhs, action, ours)
  local function give_back()
    if not is_of(present(), { description }) then
      return -- somebody has mapped it since
    end
    vim.keymap.del('n', lhs, { buffer = buffer })
    if former.buffer == 1 then
      vim.fn.mapset('n', false, former)
    end
  end
  return function()
    if vim.api.nvim_buf_is_valid(buffer) then
      vim.api.nvim_buf_call(buffer, give_back)
    end
  end
end

-- Keys to run in insert mode as if nothing were mapped.
function M.feed(keys)
  feed(raw(keys), false)
end

return M
