-- The source of blink.cmp: providers = { lemma = { name = 'lemma', module = 'lemma.blink' } }
local menu = require('lemma.menu')

local Source = {}
Source.__index = Source

function Source.new()
  return setmetatable({}, Source)
end

function Source:enabled()
  return menu.available()
end

function Source:get_completions(_, callback)
  return menu.items(function(items)
    callback({ items = items, is_incomplete_forward = true, is_incomplete_backward = true })
  end)
end

return Source
