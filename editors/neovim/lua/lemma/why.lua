-- :LemmaWhy, a floating window: what the last completions were made of, and what was seen of the
-- last fix.
local client = require('lemma.client')
local say = require('lemma.words').say

local M = {}

local function figures(answer)
  local parts = {}
  local function add(part)
    parts[#parts + 1] = part
  end
  if answer.probability then
    local percent = answer.probability * 100
    if answer.modelProbability then
      add(say('right with a probability of %.0f %%, model and memory say; '
        .. 'the model alone, %.0f %%', percent, answer.modelProbability * 100))
    else
      add(say('right with a probability of %.0f %%, the model says', percent))
    end
  end
  local worked = answer.prefillMs and answer.contextMs + answer.prefillMs + answer.decodeMs or 0
  -- Prepared ahead, or shown before and typed into, it had taken its time before it was asked for.
  local before = worked > answer.ms + 1
  add(before and say('%.0f ms: it was there before it was asked for', answer.ms)
    or ('%.0f ms'):format(answer.ms))
  if answer.prefillMs then
    local context, reading, writing = answer.contextMs, answer.prefillMs, answer.decodeMs
    add(before
        and say('%.0f ms before that gathering context, %.0f ms reading it, %.0f ms writing',
          context, reading, writing)
      or say('%.0f ms of them gathering context, %.0f ms reading it, %.0f ms writing',
        context, reading, writing))
  end
  if answer.promptTokens then
    add(say('prompt of %d tokens (%d kept from before), of %d that the model can read',
      answer.promptTokens, answer.cachedTokens, answer.contextTokens))
  end
  if answer.adapter then
    add(say('with the adapter %s', answer.adapter))
  end
  return parts
end

local function add_answer(lines, answer)
  local name = vim.fs.basename(vim.uri_to_fname(answer.uri))
  lines[#lines + 1] = say('%s, line %d', name, answer.position.line + 1)
  lines[#lines + 1] = ''
  if answer.text then
    for _, line in ipairs(vim.split(answer.text, '\n', { plain = true })) do
      lines[#lines + 1] = '  | ' .. line
    end
  else
    lines[#lines + 1] = '  ' .. say('Nothing was shown: %s.', answer.silence)
  end
  lines[#lines + 1] = ''
  for _, part in ipairs(figures(answer)) do
    lines[#lines + 1] = '  ' .. part
  end
  if answer.sources and #answer.sources > 0 then
    vim.list_extend(lines, { '', say('What the model was shown'), '' })
    for _, source in ipairs(answer.sources) do
      lines[#lines + 1] = '  '
        .. say('%5d tokens  %s (%s)', source.tokens, source.what, source.why)
    end
  end
end

-- What else could be gone through there.
local function add_others(lines, answer)
  if not answer.others then
    return
  end
  vim.list_extend(lines, { '', say('Offered in its place'), '' })
  for _, other in ipairs(answer.others) do
    local first = vim.split(vim.trim(other.text), '\n', { plain = true })[1]
    local percent = other.probability and ('%3.0f %%  '):format(other.probability * 100) or ''
    lines[#lines + 1] = ('  %s| %s'):format(percent, first)
  end
end

local function add_experts(lines, answer)
  if not answer.experts then
    return
  end
  vim.list_extend(lines, { '', say('Experts of each token, layer by layer'), '' })
  for _, each in ipairs(answer.experts) do
    local layers = vim.tbl_map(function(chosen)
      return table.concat(chosen, ',')
    end, each.layers)
    local token = each.token:gsub('\n', '\\n')
    lines[#lines + 1] = ('  %-14s %s'):format(token, table.concat(layers, ' '))
  end
end

-- The server's own words; a change may be of several lines.
local function add_fix(lines, fix)
  lines[#lines + 1] = ('%s: %s'):format(fix.name, fix.failure:gsub('\n', ' '))
  for _, change in ipairs(fix.changes) do
    local title = change.taken and say('Fix: %s (taken)', change.title)
      or say('Fix: %s (offered)', change.title)
    vim.list_extend(lines, { '', title, '' })
    for _, line in ipairs(vim.split(vim.trim(change.diff), '\n', { plain = true })) do
      lines[#lines + 1] = '  | ' .. line
    end
    lines[#lines + 1] = ''
    for _, said in ipairs(change.said) do
      lines[#lines + 1] = '  ' .. said:gsub('\n', ' ')
    end
  end
end

-- The latest answer, and where that is silence, the latest that was shown too.
local function add_answers(lines, why)
  local latest = why.answers[1]
  add_answer(lines, latest)
  add_others(lines, latest)
  add_experts(lines, latest)
  for _, answer in ipairs(why.answers) do
    if not latest.text and answer.text then
      vim.list_extend(lines, { '', say('Shown before that'), '' })
      add_answer(lines, answer)
      add_experts(lines, answer)
      break
    end
  end
  vim.list_extend(lines, { '', vim.fs.basename(why.model) })
end

-- What was shown last comes first.
---@return string[]
local function lines_of(why)
  local lines = {}
  local function add(heading, add_part, part)
    if #lines > 0 then
      vim.list_extend(lines, { '', heading, '' })
    end
    add_part(lines, part)
  end
  if why.fix and why.fix.latest then
    add('', add_fix, why.fix)
  end
  if why.answers[1] then
    add(say('Completed'), add_answers, why)
  end
  if why.fix and not why.fix.latest then
    add(say('The last fix'), add_fix, why.fix)
  end
  return #lines > 0 and lines or { say('Nothing has been completed yet, and nothing mended.') }
end

local function open(lines)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, true, lines)
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].bufhidden = 'wipe'
  local width = 20
  for _, line in ipairs(lines) do
    width = math.max(width, vim.fn.strdisplaywidth(line))
  end
  width = math.min(width + 2, vim.o.columns - 4)
  local height = math.max(1, math.min(#lines, vim.o.lines - 6))
  vim.api.nvim_open_win(buffer, true, {
    relative = 'editor',
    row = math.floor((vim.o.lines - height) / 2) - 1,
    col = math.floor((vim.o.columns - width) / 2),
    width = width,
    height = height,
    style = 'minimal',
    border = 'rounded',
    title = ' ' .. say('lemma: why this suggestion') .. ' ',
  })
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, nowait = true })
  vim.keymap.set('n', '<Esc>', '<Cmd>close<CR>', { buffer = buffer, nowait = true })
end

function M.show()
  client.why(function(why, problem)
    if why then
      open(lines_of(why))
    else
      vim.notify('lemma: ' .. problem, vim.log.levels.WARN)
    end
  end)
end

return M
