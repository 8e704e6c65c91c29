-- What the plugin says, in the language of Neovim's messages (|v:lang|) where it is one of these.
local languages = { 'de', 'fr', 'zh' }

local M = {}

---@param text string  in English, a format of string.format()
---@return string
function M.say(text, ...)
  local language = vim.v.lang:sub(1, 2)
  if vim.list_contains(languages, language) then
    text = require('lemma.words.' .. language)[text] or text
  end
  return text:format(...)
end

return M
