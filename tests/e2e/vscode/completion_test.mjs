// The real thing: VS Code with the packed extension, its server and the default model.
import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { after, before, test } from 'node:test'
import { Editor, until } from './editor.mjs'

const statistics = '/usr/lib/python3.11/statistics.py'
const extension = process.env.LEMMA_EXTENSION
// Three times the same idea: what comes a fourth time is no secret to a model that has seen these.
const repetitive = `
def total_of_apples(apples, prices):
    return compute_total(apples, prices, discount=0.25)

def total_of_pears(pears, prices):
    return compute_total(pears, prices, discount=0.25)

def total_of_plums(plums, prices):
    return compute_total(plums, prices, discount=0.25)

def total_of_melons(melons, prices):
`
let editor
let folder

before(async () => {
  editor = await Editor.start({ extension })
  folder = `${editor.home}/work`
  editor.write('work/statistics.py', fs.readFileSync(statistics, 'utf8'))
})
after(() => editor?.stop())

let number = 0
// A new file in the window, with the cursor at its end; a window on its folder where there is none.
async function openText(text) {
  const file = editor.write(`work/sample${++number}.py`, text)
  if (editor.folder !== folder) {
    await editor.open(folder, file)
    await editor.ready()
  }
  await editor.edit(file)
}

async function currentLine(start) {
  return (await editor.lines()).find((line) => line.startsWith(start))
}

test('a line of the standard library is completed, whole and word by word', async () => {
  await editor.open(folder)
  await editor.ready()
  const lines = fs.readFileSync(statistics, 'utf8').split('\n')
  const index = lines.findIndex((line) => line.includes('raise StatisticsError('))
  await editor.edit(`${folder}/statistics.py`, index + 1)
  await editor.keys('Enter')
  await editor.type('raise Stat')
  await editor.waitForGhost()
  await editor.page.waitForSelector('.suggest-widget.visible')
  await editor.keys('Escape')
  await editor.page.waitForSelector('.suggest-widget.visible', { state: 'hidden' })
  const ghost = await editor.waitForGhost('ghost text without the menu')
  assert.match(ghost, /^isticsError\(/)
  await editor.screenshot('ghost-text.png')

  await editor.keys('Alt+ArrowRight')
  const line = await until(async () => (await editor.lines()).find((each) =>
    /raise Stat./.test(each) && each.trim() !== lines[index].trim()), 'a word to be taken')
  const word = line.trim().slice('raise Stat'.length)
  assert.match(word, /^\w+$/)
  assert.ok(ghost.startsWith(word), `${ghost} begins with ${word}`)
  const rest = await editor.waitForGhost('the rest after a word')
  assert.equal(rest, ghost.slice(word.length))
  await editor.keys('Tab')
  await editor.waitForLine(line + rest)
})

test('what is typed as it was shown keeps the rest on the screen', async () => {
  await openText(repetitive)
  await editor.type('    return compute')
  const ghost = await editor.waitForGhost()
  for (let typed = 1; typed <= 4; ++typed) {
    await editor.type(ghost[typed - 1])
    // A later answer may say more or less, and nothing else.
    const rest = ghost.slice(typed)
    const fits = (shown) => shown && (shown.startsWith(rest) || rest.startsWith(shown))
    await until(async () => fits(await editor.ghost()), `${rest}, or more or less of it`)
  }
})

test('a bracket that the editor closed is not doubled', async () => {
  await openText(repetitive)
  await editor.type('    return compute_total(')
  await editor.waitForLine('    return compute_total()')
  const ghost = await editor.waitForGhost()
  await editor.screenshot('bracket.png')
  await editor.keys('Tab')
  await editor.waitForLine(`    return compute_total(${ghost.replace(/\)$/, '')})`)
})

test('the completion menu comes first, and its item is written once', async () => {
  await openText(repetitive)
  await editor.type('    return compute_t')
  await editor.keys('Control+Space')
  await editor.page.waitForSelector('.suggest-widget.visible .monaco-list-row.focused')
  assert.match(await editor.waitForGhost('ghost text that goes on after the item'), /^otal/)
  await editor.screenshot('menu.png')
  await editor.keys('Tab')
  await until(async () => /compute_total/.test(await currentLine('    return compute_t')), 'the item')
  assert.equal((await currentLine('    return compute_t')).match(/compute_total/g).length, 1)
})

test('the panel says what the suggestion was made of, and loads nothing', async () => {
  await openText(repetitive)
  await editor.type('    return compute')
  const ghost = await editor.waitForGhost()
  const foreign = []
  editor.page.on('request', (request) => {
    const url = new URL(request.url())
    if (!/^(data|blob|vscode-file):/.test(url.protocol) && url.hostname !== '127.0.0.1') {
      foreign.push(request.url())
    }
  })
  await editor.command('lemma: Why This Suggestion')
  const panel = editor.page.frameLocator('iframe.webview').frameLocator('iframe')
  const text = await panel.locator('body').innerText()
  assert.ok(text.includes(ghost.split('\n')[0]), text)
  assert.match(text, /right with a probability of \d+ %/)
  assert.match(text, /this file, lines 1 to \d+\s+before the anchor\s+\d+/)
  assert.match(text, /lemma-default\.gguf/)
  await editor.screenshot('why.png')
  assert.deepEqual(foreign, [])
})

test('a cell of a notebook is completed with the cells above', async () => {
  const cell = (source) => ({ cell_type: 'code', execution_count: null, metadata: {}, outputs: [],
    source: source.split(/(?<=\n)/) })
  const parts = repetitive.trim().split('\n\n')
  const file = editor.write('work/book.ipynb', JSON.stringify({
    cells: parts.map((part) => cell(part)), metadata: { language_info: { name: 'python' } },
    nbformat: 4, nbformat_minor: 5 }))
  await editor.openFile(file)
  const last = editor.page.locator('.notebookOverlay .cell.code .monaco-editor').last()
  await last.click()
  await editor.keys('Control+End', 'Enter')
  await editor.type('return compute')
  const ghost = await until(async () => (await editor.ghost()).trim(), 'ghost text in a cell')
  assert.match(ghost, /^_total/)
  await editor.screenshot('notebook.png')
})

test('a document that was never saved is completed', async () => {
  await editor.command('Create: New File')
  await editor.keys('Enter')
  await editor.page.waitForSelector('.editor-instance .view-line')
  await editor.type('fruit = collect_fruit(basket, season)\nfruit = collect_fruit(basket, season)\n')
  await editor.type('fruit = coll')
  assert.match(await editor.waitForGhost(), /^ect_fruit/)
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
  assert.equal(editor.lemmas().length, 1)
})

for (const kind of ['daemons', 'lemmas']) {
  test(`one of the ${kind} that is killed comes back, and completes`, async () => {
    await openText(repetitive)
    await editor.type('    return compute')
    await editor.waitForGhost()
    const [first] = editor[kind]()
    process.kill(first.pid, 'SIGKILL')
    await until(() => editor[kind]().some(({ pid }) => pid !== first.pid), 'a new one')
    await editor.ready()
    await editor.keys('Escape')
    assert.match(await editor.typeUntilGhost('_', 'ghost text of the new one'), /^total/)
  })
}

test('a workspace cannot say which program is started', async () => {
  const program = editor.write('evil', `#!/bin/sh\ntouch ${editor.home}/marker\n`)
  fs.chmodSync(program, 0o755)
  editor.write('work/.vscode/settings.json', JSON.stringify(
    { 'lemma.program': program, 'lemma.model': program, 'lemma.completion.multiline': false }))
  editor.folder = undefined  // so that the window is opened anew
  await openText(repetitive)
  await editor.type('    return compute')
  await editor.waitForGhost()
  const [server] = editor.lemmas()
  assert.ok(server.command[0].endsWith('/server/bin/lemma'), server.command.join(' '))
  assert.deepEqual(server.command.slice(1), ['lsp', '--stdio'])
  assert.ok(!fs.existsSync(`${editor.home}/marker`))
  fs.rmSync(`${folder}/.vscode`, { recursive: true })
})

test('completions can be switched off for a language', async () => {
  await openText(repetitive)
  await editor.command('lemma: Completions On or Off for This Language')
  await until(async () => /circle-slash/.test(await editor.statusIcons()), 'the sign for off')
  await editor.type('    return compute')
  await new Promise((resolve) => setTimeout(resolve, 800))
  assert.equal(await editor.ghost(), '')
  await editor.command('lemma: Completions On or Off for This Language')
  await until(async () => !/circle-slash/.test(await editor.statusIcons()), 'no sign for off')
  await editor.keys('Escape')  // the menu of words, which may have opened while there was no ghost text
  assert.match(await editor.typeUntilGhost('_', 'ghost text again'), /^total/)
})

test('a program that is not there is reported, and the right one is started at once', async () => {
  await openText(repetitive)
  editor.write('data/Machine/settings.json', JSON.stringify({ 'lemma.program': '/nowhere/lemma' }))
  const toast = editor.page.locator('.notification-toast')
  await until(async () => /\/nowhere\/lemma cannot be run: there is no such file/.test((await toast.allInnerTexts()).join()),
    'a message that names the program')
  assert.match(await editor.statusIcons(), /warning/)
  await editor.screenshot('no-program.png')
  editor.write('data/Machine/settings.json', '{}')
  await editor.ready()
  assert.equal(editor.lemmas().length, 1)
})
