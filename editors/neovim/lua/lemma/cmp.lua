-- The source of nvim-cmp: require('cmp').register_source('lemma', require('lemma.cmp').new())
local menu = require('lemma.menu')

local Source = {}
Source.__index = Source

function Source.new()
  return setmetatable({}, Source)
end

function Source:get_debug_name()
  return 'lemma'
end

function Source:is_available()
  return menu.available()
end

function Source:get_position_encoding_kind()
  return 'utf-8'
end

function Source:complete(_, callback)
  if self.cancel then
    self.cancel()
  end
  self.cancel = menu.items(function(items)
    self.cancel = nil
    callback({ items = items, isIncomplete = true })
  end)
end

return Source
