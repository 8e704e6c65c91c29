if vim.g.loaded_lemma then
  return
end
vim.g.loaded_lemma = true

if vim.fn.has('nvim-0.10') == 0 then
  vim.notify_once('lemma needs Neovim 0.10 or newer', vim.log.levels.WARN)
  return
end

-- Works without a call of setup(); vim.g.lemma may hold the same table of options.
require('lemma').ensure_setup()
