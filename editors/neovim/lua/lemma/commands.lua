-- The commands: `:Lemma ACTION`, completed, and `:LemmaAction` for each.
local say = require('lemma.words').say

local M = {}

local actions = {
  why = {
    text = say('What the last suggestion was made of, or why there was none'),
    run = function()
      require('lemma.why').show()
    end,
  },
  status = {
    text = say('What the lemma server is doing, and with which model'),
    run = function()
      require('lemma.status').show()
    end,
  },
  stats = {
    text = say('How many suggestions were shown, accepted, kept'),
    run = function()
      require('lemma.client').stats(function(stats, problem)
        vim.api.nvim_echo({ { 'lemma: ' .. (stats and stats.summary or problem) } }, true, {})
      end)
    end,
  },
  suggest = {
    text = say('Ask for suggestions at the cursor now, whether any come by themselves or not'),
    run = function()
      require('lemma.suggest').ask()
    end,
  },
  fix = {
    text = say("Take the fix that was found for the cursor's line; with ! choose among several"),
    bang = true,
    run = function(arguments)
      require('lemma.fix').take(arguments.bang and 'any' or 'best')
    end,
  },
  debug = {
    text = say('Find out why this file, or the test or example here, fails, and search for fixes'),
    nargs = '?',
    words = function()
      return require('lemma.debug').ways
    end,
    run = function(arguments)
      require('lemma.debug').start(arguments.args)
    end,
  },
  solve = {
    text = say('Answer the formula here or in the selection, with the steps below'),
    range = true,
    run = function(arguments)
      require('lemma.solve').solve(arguments)
    end,
  },
  hint = {
    text = say('The next step to the answer of the formula here'),
    range = true,
    run = function(arguments)
      require('lemma.solve').hint(arguments)
    end,
  },
  values = {
    text = say('Run this program and show the values that its lines ask for by # =>'),
    run = function()
      require('lemma.solve').values()
    end,
  },
  ask = {
    text = say('Ask the model, with the selected lines attached'),
    range = true,
    nargs = '*',
    run = function(arguments)
      require('lemma.ask').start(arguments)
    end,
  },
  change = {
    text = say('Have the model change the selected lines, else the function here, as you say'),
    range = true,
    nargs = '*',
    words = function()
      return require('lemma.change').words
    end,
    run = function(arguments)
      require('lemma.change').start(arguments)
    end,
  },
  explain = {
    text = say('Ask the model to explain the selected lines, in your language'),
    range = true,
    run = function(arguments)
      require('lemma.ask').explain(arguments)
    end,
  },
  document = {
    text = say('Have the model document the selected lines, else the function here'),
    range = true,
    run = function(arguments)
      require('lemma.change').document(arguments)
    end,
  },
  trust = {
    text = say('Let programs in this folder be run, in the sandbox; with ! not any more'),
    bang = true,
    run = function(arguments)
      require('lemma.debug').trust(not arguments.bang)
    end,
  },
  toggle = {
    text = say('Completions on or off in this buffer; with ! everywhere'),
    bang = true,
    run = function(arguments)
      require('lemma').toggle(arguments.bang and 'everywhere' or 'buffer')
    end,
  },
  restart = {
    text = say('Stop the lemma server and start it again'),
    run = function()
      require('lemma').restart()
    end,
  },
}

local function starting_with(lead, words)
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, words)
end

local function names()
  return vim.fn.sort(vim.tbl_keys(actions))
end

-- Of `:Lemma` the actions, then the words of the action.
local function complete(lead, line)
  local action = line:match('Lemma!?%s+(%l+)%s')
  local words = actions[action] and (actions[action].words or function()
    return {}
  end)()
  return starting_with(lead, words or names())
end

local function run(arguments)
  local name, rest = arguments.args:match('^(%S+)%s*(.-)%s*$')
  local action = actions[name]
  local takes = action and (rest == '' or action.nargs ~= nil)
  if takes and (action.bang or not arguments.bang) then
    return action.run(vim.tbl_extend('force', arguments, { args = rest }))
  end
  local all = table.concat(names(), ', ')
  local problem = not action and say("there is no '%s'; there are %s", name, all)
    or takes and say("'%s' takes no !", name)
    or say("'%s' takes no arguments", name)
  vim.notify('lemma: ' .. problem, vim.log.levels.ERROR)
end

function M.create()
  vim.api.nvim_create_user_command('Lemma', run, {
    nargs = '+',
    bang = true,
    range = true,
    complete = complete,
    desc = 'lemma: ' .. table.concat(names(), ', '),
  })
  for name, action in pairs(actions) do
    local command = 'Lemma' .. name:sub(1, 1):upper() .. name:sub(2)
    local options = {
      bang = action.bang,
      range = action.range,
      nargs = action.nargs or 0,
      desc = action.text,
      complete = action.words and function(lead)
        return starting_with(lead, action.words())
      end,
    }
    vim.api.nvim_create_user_command(command, action.run, options)
  end
end

return M
