-- workspace/applyEdit: as Neovim does it, but without a line that names the edit, and without
-- files on the disk that nobody has written yet.
local say = require('lemma.words').say

local M = {}

local function is_creation(change)
  return change.kind == 'create'
end

-- Neovim would make an empty file and put the text into a buffer that nobody sees. Here the buffer
-- is all there is: shown, as a file that is not written yet, and gone where its user leaves it.
---@return integer? buffer, string? problem
local function new_buffer(uri)
  local path = vim.uri_to_fname(uri)
  if vim.uv.fs_stat(path) then
    return nil, say('%s is there already', path)
  end
  local buffer = vim.fn.bufadd(path)
  vim.fn.bufload(buffer)
  if vim.api.nvim_buf_line_count(buffer) > 1 or vim.fn.getbufline(buffer, 1)[1] ~= '' then
    return nil, say('%s is not written yet: write it first', vim.fs.basename(path))
  end
  vim.bo[buffer].buflisted = true
  vim.api.nvim_create_autocmd('BufWritePre', {
    buffer = buffer,
    once = true,
    callback = function()
      vim.fn.mkdir(vim.fs.dirname(path), 'p')
    end,
  })
  return buffer
end

-- Below, without going there: its user may be typing.
local function show(buffer)
  if #vim.fn.win_findbuf(buffer) == 0 then
    pcall(vim.api.nvim_open_win, buffer, false, { split = 'below', win = 0 })
  end
end

---@return table params, integer[] buffers, string? problem
local function with_buffers(params)
  local changes, buffers = {}, {}
  for _, change in ipairs(params.edit.documentChanges or {}) do
    if is_creation(change) then
      local buffer, problem = new_buffer(change.uri)
      if not buffer then
        return params, buffers, problem
      end
      buffers[#buffers + 1] = buffer
    else
      changes[#changes + 1] = change
    end
  end
  if #buffers > 0 then
    params.edit.documentChanges = changes
  end
  return params, buffers
end

function M.on_apply_edit(failure, params, context, config)
  local edit, buffers, problem = with_buffers(vim.deepcopy(params))
  if problem then
    vim.notify('lemma: ' .. problem, vim.log.levels.WARN)
    return { applied = false, failureReason = problem }
  end
  edit.label = nil
  local answer = vim.lsp.handlers['workspace/applyEdit'](failure, edit, context, config)
  vim.iter(buffers):each(show)
  return answer
end

return M
