// The real thing: VS Code with the packed extension, its server and the default model.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { after, before, test } from 'node:test'
import { Editor, until } from './editor.mjs'

const statistics = '/usr/lib/python3.11/statistics.py'
// Three times the same line: what comes a fourth time is no secret to a model that has seen these,
// on whatever processor it computes.
const repetitive = `
def total_of_apples(basket, prices):
    return compute_total(basket, prices, discount=0.25)

def total_of_pears(basket, prices):
    return compute_total(basket, prices, discount=0.25)

def total_of_plums(basket, prices):
    return compute_total(basket, prices, discount=0.25)

def total_of_melons(basket, prices):
`
// Where two lines are likely.
const twofold = `
def total_of_apples(basket, prices):
    return compute_total(basket, prices, discount=0.25)

def count_of_apples(basket, prices):
    return compute_count(basket)

def total_of_pears(basket, prices):
    return compute_total(basket, prices, discount=0.25)

def count_of_pears(basket, prices):
    return compute_count(basket)

def worth_of_plums(basket, prices):
`
let editor
let folder

before(async () => {
  editor = await Editor.start({ extension: process.env.LEMMA_EXTENSION })
  folder = `${editor.home}/work`
  editor.write('work/statistics.py', fs.readFileSync(statistics, 'utf8'))
})
after(() => editor?.stop())

let number = 0
// A new file in the window, with the cursor at its end; a window on its folder where there is none.
async function openText(text, extension = 'py') {
  const file = editor.write(`work/sample${++number}.${extension}`, text)
  if (editor.folder !== folder) {
    await editor.open(folder, file)
    await editor.ready()
  }
  await editor.edit(file)
}

async function currentLine(start) {
  return (await editor.lines()).find((line) => line.startsWith(start))
}

// A later answer may say more or less than an earlier one, and nothing else.
function moreOrLess(one, other) {
  return one && other && (one.startsWith(other) || other.startsWith(one))
}

test('what is about an editor is offered where there is one', async () => {
  await editor.open(folder)
  await editor.ready()
  await editor.keys('F1')
  await editor.page.waitForSelector('.quick-input-widget .quick-input-box input:focus')
  await editor.type('lemma: ', 0)
  const rows = editor.page.locator('.quick-input-list .monaco-list-row')
  const offered = async () => (await rows.allInnerTexts()).join()
  await editor.until(async () => /Restart the Server/.test(await offered()), 'the commands')
  assert.doesNotMatch(await offered(), /Debug This File|Solve This Formula|Show Values/)
  await editor.keys('Escape')
})

test('a line of the standard library is completed, whole and word by word', async () => {
  await editor.open(folder)
  await editor.ready()
  const lines = fs.readFileSync(statistics, 'utf8').split('\n')
  const index = lines.findIndex((line) => line.includes('raise StatisticsError('))
  await editor.edit(`${folder}/statistics.py`, index + 1)
  await editor.keys('Enter')
  await editor.type('raise Stat')
  const ghost = await editor.waitForGhost(/^isticsError\(/)
  await editor.screenshot('ghost-text.png')

  await editor.keys('Alt+ArrowRight')
  const line = await editor.until(async () => (await editor.lines()).find((each) =>
    /raise Stat./.test(each) && each.trim() !== lines[index].trim()), 'a word to be taken')
  const word = line.trim().slice('raise Stat'.length)
  assert.match(word, /^\w+$/)
  assert.ok(ghost.startsWith(word), `${ghost} begins with ${word}`)
  const rest = await editor.until(async () => {
    const shown = await editor.ghost()
    return moreOrLess(shown, ghost.slice(word.length)) && shown
  }, 'the rest after a word')
  await editor.keys('Tab')
  await editor.waitForLine(line + rest)
})

test('what is typed as it was shown keeps the rest on the screen', async () => {
  await openText(repetitive)
  await editor.type('    return compute')
  const ghost = await editor.waitForGhost(/^_total/)
  for (let typed = 1; typed <= 4; ++typed) {
    await editor.type(ghost[typed - 1])
    const rest = ghost.slice(typed)
    await editor.until(async () => moreOrLess(await editor.ghost(), rest),
      `${rest}, or more or less of it`)
  }
})

test('a bracket that the editor closed is not doubled', async () => {
  await openText(repetitive)
  await editor.type('    return compute_total(')
  await editor.waitForLine('    return compute_total()')
  const ghost = await editor.waitForGhost(/^basket/)
  await editor.screenshot('bracket.png')
  await editor.keys('Tab')
  await editor.waitForLine(`    return compute_total(${ghost.replace(/\)$/, '')})`)
})

test('the completion menu comes first, and its item is written once', async () => {
  await openText(repetitive)
  await editor.type('    return compute_t')
  await editor.keys('Control+Space')
  await editor.page.waitForSelector('.suggest-widget.visible .monaco-list-row.focused')
  await editor.waitForGhost(/^otal\(/, 'ghost text that goes on after the item')
  await editor.screenshot('menu.png')
  await editor.keys('Tab')
  await editor.until(async () => /compute_total/.test(await currentLine('    return compute_t')), 'the item')
  assert.equal((await currentLine('    return compute_t')).match(/compute_total/g).length, 1)
})

test('the menu that opens by itself gives way to ghost text', async () => {
  const line = (fruit) => `double price_of_${fruit} = compute_total(basket, prices, 0.25);\n`
  await openText(line('apples') + line('pears') + line('plums'), 'cpp')
  await editor.type('double price_of_melons = compute_t')
  await editor.page.waitForSelector('.suggest-widget.visible .monaco-list-row.focused')
  await editor.keys('Escape')
  await editor.page.waitForSelector('.suggest-widget.visible', { state: 'hidden' })
  await editor.waitForGhost(/^otal\(basket/, 'ghost text without the menu')
  await editor.keys('Tab')
  await editor.until(async () => (await currentLine('double price_of_m'))
    ?.startsWith('double price_of_melons = compute_total(basket'), 'the suggestion')
})

test('the panel says what the suggestion was made of, and loads nothing', async () => {
  await openText(repetitive)
  await editor.type('    return compute')
  const ghost = await editor.waitForGhost(/^_total/)
  const foreign = []
  editor.page.on('request', (request) => {
    const url = new URL(request.url())
    if (!/^(data|blob|vscode-file):/.test(url.protocol) && url.hostname !== '127.0.0.1') {
      foreign.push(request.url())
    }
  })
  await editor.command('lemma: Why This Suggestion')
  const panel = editor.panel()
  const body = panel.locator('body')
  await until(async () => (await body.innerText()).includes(ghost.split('\n')[0]), 'the panel')
  const text = await body.innerText()
  assert.match(text, /right with a probability of \d+ %/)
  assert.match(text, /this file, lines 1 to \d+\s+before the anchor\s+\d+/)
  assert.match(text, /lemma-default\.gguf/)
  await editor.screenshot('why.png')
  assert.deepEqual(foreign, [])
})

test('others are gone through by VS Code’s own keys, and the one that is taken is explained', async () => {
  await openText(twofold)
  await editor.type('    return compute_')
  const first = await editor.waitForGhost(/^(total|count)\(/)
  await editor.keys('Alt+]')
  const second = await editor.until(async () => {
    const shown = await editor.ghost()
    return shown && !moreOrLess(shown, first) && shown
  }, 'another suggestion')
  await editor.screenshot('another.png')
  await editor.keys('Alt+[')
  await editor.until(async () => moreOrLess(await editor.ghost(), first), 'the first again')
  await editor.keys('Alt+]')
  await editor.until(async () => (await editor.ghost()) === second, 'the second again')
  await editor.keys('Tab')
  await editor.waitForLine(`    return compute_${second}`)
  await editor.command('lemma: Why This Suggestion')
  const body = editor.panel().locator('body')
  await editor.until(async () => {
    const text = await body.textContent() // with what is folded away: more was asked since
    return /Offered in its place/.test(text) && text.includes(`compute_${second.split('\n')[0]}`)
  }, 'the panel with what was taken and what was offered beside it')
})

test('a cell of a notebook is completed with the cells above', async () => {
  const cell = (source) => ({ cell_type: 'code', execution_count: null, metadata: {}, outputs: [],
    source: source.split(/(?<=\n)/) })
  const parts = repetitive.trim().split('\n\n')
  const file = editor.write('work/book.ipynb', JSON.stringify({
    cells: parts.map((part) => cell(part)), metadata: { language_info: { name: 'python' } },
    nbformat: 4, nbformat_minor: 5 }))
  await editor.openFile(file)
  const cells = editor.page.locator('.notebookOverlay .cell.code .monaco-editor')
  await editor.until(async () => await cells.count() === parts.length, 'all cells')
  await cells.last().click()
  await editor.page.waitForSelector('.notebookOverlay .cell.code .monaco-editor.focused')
  await editor.keys('Control+End', 'Enter')
  await editor.type('return compute')
  await editor.waitForGhost(/^_total/, 'ghost text in a cell')
  await editor.screenshot('notebook.png')
})

test('a document that was never saved is completed', async () => {
  await editor.command('File: New Untitled Text File')
  await editor.page.waitForSelector('.tab.active[data-resource-name^="Untitled-"]')
  await editor.page.waitForSelector('.editor-instance .monaco-editor.focused .view-line')
  await editor.type('fruit = collect_fruit(basket, season)\nfruit = collect_fruit(basket, season)\n')
  await editor.type('fruit = coll')
  await editor.waitForGhost(/^ect_fruit/)
})

test('a window with two folders is served by one server', async () => {
  editor.write('first/a.py', repetitive)
  const second = editor.write('second/b.py', repetitive)
  const workspace = editor.write('two.code-workspace',
    JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }))
  await editor.open(workspace, second)
  await editor.ready()
  await editor.edit(second)
  await editor.type('    return compute')
  await editor.waitForGhost()
  await editor.only('lemmas')
})

for (const kind of ['daemons', 'lemmas']) {
  test(`one of the ${kind} that is killed comes back, and completes`, async () => {
    await openText(repetitive)
    await editor.type('    return compute')
    await editor.waitForGhost()
    const first = await editor.only(kind)
    process.kill(first.pid, 'SIGKILL')
    await editor.until(() => editor[kind]().some(({ pid }) => pid !== first.pid), 'a new one')
    await editor.ready()
    await editor.keys('Escape')
    await editor.typeUntilGhost('_', /^total/, 'ghost text of the new one')
  })
}

// What is typed then cannot be sent, and VS Code has not seen yet that it is gone: a process that
// started it lives on and holds its output open.
test('one that is killed while somebody types comes back, and completes', async () => {
  const parent = `${editor.home}/parent`
  const lemma = `${editor.home}/extensions/lemma.lemma-0.1.0/server/bin/lemma`
  const program = editor.write('outlived', `#!/bin/sh
[ "$1" = lsp ] || exec ${lemma} "$@"
exec 3<&0 </dev/null
${lemma} "$@" <&3 3<&- &
exec 3<&-
echo $$ >${parent}
wait
exec sleep 600
`)
  fs.chmodSync(program, 0o755)
  await openText(repetitive)
  editor.write('data/Machine/settings.json', JSON.stringify({ 'lemma.program': program }))
  await editor.until(() => fs.existsSync(parent), 'the program that starts it')
  await editor.ready()
  await editor.type('    return comput')
  await editor.typeUntilGhost('e', /^_total/, 'ghost text')
  const first = await editor.only('lemmas')
  process.kill(first.pid, 'SIGKILL')
  await editor.until(() => editor.lemmas().length === 0, 'its end')
  await editor.keys('Escape', 'Enter')
  await editor.type('# what nobody reads')
  process.kill(Number(fs.readFileSync(parent, 'utf8')), 'SIGKILL')
  const second = await editor.only('lemmas')
  await editor.ready()
  await editor.keys('Enter')
  await editor.type('return comput')
  await editor.typeUntilGhost('e', /^_total/, 'ghost text of the new one')
  assert.deepEqual(await editor.page.locator('.notification-toast').allInnerTexts(), [])
  editor.write('data/Machine/settings.json', '{}')
  await editor.until(() => editor.lemmas().some(({ pid }) => pid !== second.pid), 'the usual one')
  await editor.ready()
})

test('one that is killed again and again is given up, which the status bar says', async () => {
  await openText(repetitive)
  let last = (await editor.only('lemmas')).pid
  await editor.command('lemma: Restart the Server')
  for (let times = 0; times < 5; ++times) {
    await editor.until(() => editor.lemmas().some(({ pid }) => pid !== last), 'the next one')
    last = (await editor.only('lemmas')).pid
    await editor.ready()
    process.kill(last, 'SIGKILL')
  }
  await editor.until(async () => /warning/.test(await editor.statusIcons()), 'the sign for trouble')
  await editor.command('Notifications: Clear All Notifications')
  await editor.command('lemma: Restart the Server')
  await editor.ready()
  await editor.type('    return comput')
  await editor.typeUntilGhost('e', /^_total/, 'ghost text of the new one')
})

test('restarted several times at once there is one server, which completes', async () => {
  await openText(repetitive)
  await editor.keys('Control+Alt+F9', 'Control+Alt+F9', 'Control+Alt+F9')
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  await editor.ready()
  await editor.only('lemmas')
  await editor.type('    return comput')
  await editor.typeUntilGhost('e', /^_total/, 'ghost text of the new one')
  assert.deepEqual(await editor.page.locator('.notification-toast').allInnerTexts(), [])
})

test('a program that never answers is left, and the right one is started', async () => {
  const lemma = `${editor.home}/extensions/lemma.lemma-0.1.0/server/bin/lemma`
  const program = editor.write('silent', `#!/bin/sh
[ "$1" = lsp ] || exec ${lemma} "$@"
touch ${editor.home}/started
exec sleep 600
`)
  fs.chmodSync(program, 0o755)
  await openText(repetitive)
  editor.write('data/Machine/settings.json', JSON.stringify({ 'lemma.program': program }))
  await editor.until(() => fs.existsSync(`${editor.home}/started`), 'the program that is silent')
  editor.write('data/Machine/settings.json', '{}')
  await editor.ready()
  await editor.only('lemmas')
})

test('a workspace cannot say which program is started', async () => {
  const program = editor.write('evil', `#!/bin/sh\ntouch ${editor.home}/marker\n`)
  fs.chmodSync(program, 0o755)
  editor.write('work/.vscode/settings.json', JSON.stringify(
    { 'lemma.program': program, 'lemma.model': program, 'lemma.completion.multiline': false }))
  editor.folder = undefined  // so that the window is opened anew
  await openText(repetitive)
  await editor.type('    return compute')
  await editor.waitForGhost()
  const server = await editor.only('lemmas')
  assert.ok(server.command[0].endsWith('/server/bin/lemma-bridge'), server.command.join(' '))
  assert.ok(!fs.existsSync(`${editor.home}/marker`))
  fs.rmSync(`${folder}/.vscode`, { recursive: true })
})

test('completions can be switched off for a language', async () => {
  await openText(repetitive)
  await editor.command('lemma: Completions On or Off for This Language')
  await editor.until(async () => /circle-slash/.test(await editor.statusIcons()), 'the sign for off')
  await editor.type('    return compute')
  await new Promise((resolve) => setTimeout(resolve, 800))
  assert.equal(await editor.ghost(), '')
  await editor.command('lemma: Completions On or Off for This Language')
  await editor.until(async () => !/circle-slash/.test(await editor.statusIcons()), 'no sign for off')
  await editor.typeUntilGhost('_', /^total/, 'ghost text again')
})

test('completions that the workspace has switched off can be switched on', async () => {
  await openText(repetitive)
  const settings = editor.write('work/.vscode/settings.json', '{"lemma.completion.enabled": false}')
  await editor.until(async () => /circle-slash/.test(await editor.statusIcons()), 'the sign for off')
  await editor.page.locator('.statusbar-item[id="lemma.lemma.lemma.status"]').click()
  await editor.page.waitForSelector('.quick-input-widget .quick-input-box input:focus')
  await editor.type('Turn completions on', 0)
  await editor.keys('Enter')
  await editor.until(async () => !/circle-slash/.test(await editor.statusIcons()), 'no sign for off')
  assert.match(fs.readFileSync(settings, 'utf8'), /"lemma.completion.enabled": true/)
  fs.rmSync(`${folder}/.vscode`, { recursive: true })
})

test('the settings know every backend that the program knows', () => {
  const extension = process.env.LEMMA_EXTENSION
  const help = execFileSync(`${extension}/server/bin/lemma`, ['lsp', '--help'], { encoding: 'utf8' })
  const known = /--backend NAME:\{([^}]+)\}/.exec(help)[1].split(',')
  const { properties } = JSON.parse(fs.readFileSync(`${extension}/package.json`)).contributes.configuration
  const { enum: choices, enumDescriptions } = properties['lemma.backend']
  assert.deepEqual(choices, ['', ...known])
  assert.equal(enumDescriptions.length, choices.length)
})

test('a program that is not there is reported, and the right one is started at once', async () => {
  await openText(repetitive)
  editor.write('data/Machine/settings.json', JSON.stringify({ 'lemma.program': '/nowhere/lemma' }))
  const toast = editor.page.locator('.notification-toast')
  await editor.until(async () => /\/nowhere\/lemma cannot be run: there is no such file/.test((await toast.allInnerTexts()).join()),
    'a message that names the program')
  assert.match(await editor.statusIcons(), /warning/)
  await editor.screenshot('no-program.png')
  await editor.command('Notifications: Clear All Notifications')
  await editor.command('lemma: Solve This Formula')
  await editor.until(async () => /\/nowhere\/lemma/.test((await toast.allInnerTexts()).join()),
    'a command to say why it does nothing')
  await editor.command('Notifications: Clear All Notifications')
  editor.write('data/Machine/settings.json', '{}')
  await editor.ready()
  await editor.only('lemmas')
})
