// A change made once is proposed at the other places: what VS Code shows, and what its keys do.
import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { after, before, test } from 'node:test'
import { Editor } from './editor.mjs'

const program = `def longest(words):
    count = 0
    best = ""
    for word in words:
        if len(word) > count:
            count = len(word)
            best = word
    return best, count


def total_of_apples(basket, prices):
    return compute_total(basket, prices, discount=0.25)


def total_of_pears(basket, prices):
    return compute_total(basket, prices, discount=0.25)


def total_of_plums(basket, prices):
    return compute_total(basket, prices, discount=0.25)


def total_of_melons(basket, prices):
    pass
`
const title = 'count → length'
let editor

before(async () => {
  editor = await Editor.start({ extension: process.env.LEMMA_EXTENSION })
  const folder = `${editor.home}/work`
  const file = editor.write('work/first.py', program)
  await editor.open(folder, file)
  await editor.ready()
})
after(() => editor?.stop())

// From top to bottom: what is struck through, and what is drawn without being in the text.
function shown() {
  return editor.page.evaluate(() => {
    const found = []
    const lines = [...document.querySelectorAll('.editor-instance .view-lines .view-line')]
    lines.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
    for (const span of lines.flatMap((line) => [...line.querySelectorAll('span')])) {
      const { textDecorationLine } = getComputedStyle(span)
      if (textDecorationLine === 'line-through') found.push(`~${span.textContent}~`)
      const drawn = /^"(.+)"$/.exec(getComputedStyle(span, '::after').content)?.[1]
      if (drawn) found.push(drawn.replaceAll('\u00a0', ' '))
    }
    return found.join(' | ')
  })
}

async function waitForShown(...wanted) {
  const text = wanted.join(' | ')
  let now
  const found = editor.until(async () => (now = await shown()) === text, text)
  await found.catch((error) => assert.fail(`${error.message}\nshown: ${now}`))
}

function waitForNothing() {
  return editor.until(async () => await shown() === '', 'nothing to be shown')
}

const cursorLine = () => editor.page.evaluate(() =>
  document.querySelector('.editor-instance .line-numbers.active-line-number').textContent)

async function waitForCursor(line) {
  await editor.until(async () => await cursorLine() === `${line}`, `the cursor on line ${line}`)
}

let number = 0
// A new file with the program, in which a name is changed where it is defined.
async function changeName() {
  await editor.edit(editor.write(`work/program${++number}.py`, program), 2)
  await editor.keys('Home', 'Control+Shift+ArrowRight')
  await editor.type('length')
}

async function rename() {
  await changeName()
  await waitForShown(`⇥ 5: ${title} (3)`, '~count~', 'length')
}

test('a name changed at its definition is changed everywhere by Tab, place by place', async () => {
  await rename()
  await editor.screenshot('next-edits.png')
  await editor.keys('Tab')
  await waitForCursor(5)
  await waitForShown('~count~', 'length', '⇥ (3)')
  await editor.keys('Tab')
  await editor.waitForLine('        if len(word) > length:')
  await waitForShown(`⇥ 6: ${title} (2)`, '~count~', 'length')
  await editor.keys(...Array(12).fill('Tab')) // as if it were held, and for too long
  await editor.waitForLine('            length = len(word)')
  await editor.waitForLine('    return best, length')
  await waitForNothing()
  await editor.waitForLine('    return best, length')
  assert.ok(!(await editor.lines()).some((line) => /\bcount\b/.test(line)))
})

test('what was put into two calls is put into the third', async () => {
  await editor.edit(editor.write('work/calls.py', program), 12)
  await editor.keys('ArrowLeft')
  await editor.type(', exact=True')
  await editor.keys('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'End', 'ArrowLeft')
  await editor.type(', exact=True')
  await waitForShown('⇥ 20: + , exact=True', ', exact=True')
  await editor.screenshot('next-edits-call.png')
  await editor.keys('Tab')
  await waitForShown(', exact=True', '⇥')
  await editor.keys('Tab')
  await waitForNothing()
  const changed = '    return compute_total(basket, prices, discount=0.25, exact=True)'
  assert.equal((await editor.lines()).filter((line) => line === changed).length, 3)
})

test('undo takes back the last place alone', async () => {
  await rename()
  await editor.keys('Tab', 'Tab', 'Tab', 'Tab')
  await editor.waitForLine('            length = len(word)')
  await editor.keys('Control+z')
  await editor.waitForLine('            count = len(word)')
  await editor.waitForLine('        if len(word) > length:')
  await editor.keys('Control+z')
  await editor.waitForLine('        if len(word) > count:')
  await editor.waitForLine('    length = 0')
})

test('the next place is the one behind the cursor, from wherever that is', async () => {
  await rename()
  await editor.keys('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown')
  await waitForShown(`⇥ 8: ${title} (3)`, '~count~', 'length')
  await editor.keys('ArrowDown')
  await waitForShown('~count~', 'length', '⇥ (3)')
  await editor.keys('Control+Home')
  await waitForShown(`⇥ 5: ${title} (3)`, '~count~', 'length')
  await editor.keys('Control+End', 'ArrowUp')
  await waitForShown('~count~', 'length', `⇥ 5: ${title} (3)`)
})

test('Escape dismisses all of them, and Tab indents again', async () => {
  await rename()
  await editor.keys('Escape')
  await waitForNothing()
  await editor.keys('ArrowDown', 'Home', 'Tab')
  await editor.waitForLine('        best = ""')
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  await waitForNothing()
})

test('where nothing is shown Tab indents', async () => {
  await editor.edit(editor.write('work/plain.py', program), 3)
  await editor.keys('Home', 'Tab')
  await editor.waitForLine('        best = ""')
  await rename()
  await editor.keys('ArrowDown', 'Home', 'Shift+ArrowDown', 'Shift+End')
  await waitForNothing()
  await editor.keys('Tab')
  await editor.waitForLine('        best = ""')
})

test('in a line without text Tab indents', async () => {
  await rename()
  await editor.keys('End', 'Enter')
  await waitForNothing()
  await editor.keys('Tab')
  await editor.type('x = 1', 0)
  await editor.waitForLine('        x = 1')
  await waitForShown(`⇥ 6: ${title} (3)`, '~count~', 'length')
})

test('ghost text has Tab first, and nothing is shown beside it', async () => {
  await rename()
  await editor.keys('Control+End', 'ArrowUp', 'End', 'Control+Shift+ArrowLeft')
  await editor.type('return comput')
  await editor.waitForGhost(/^e_total/)
  await waitForNothing()
  await editor.screenshot('next-edits-ghost.png')
  await editor.keys('Escape')
  await waitForShown('~count~', 'length', `⇥ 5: ${title} (3)`)
  assert.equal(await editor.ghost(), '')
  await editor.type('e')
  const ghost = await editor.waitForGhost(/^_total/)
  await editor.keys('Tab')
  await editor.waitForLine(`    return compute${ghost}`)
  await editor.waitForLine('        if len(word) > count:')
})

test('the menu of words has Tab and Escape first', async () => {
  await rename()
  await editor.keys('Control+End', 'ArrowUp', 'End', 'Control+Shift+ArrowLeft')
  await editor.type('disc')
  await waitForShown('~count~', 'length', `⇥ 5: ${title} (3)`)
  const row = editor.page.locator('.suggest-widget.visible .monaco-list-row.focused')
  await editor.keys('Control+Space')
  await row.waitFor()
  await waitForNothing()
  await editor.screenshot('next-edits-menu.png')
  await editor.keys('Escape')
  await row.waitFor({ state: 'hidden' })
  await waitForShown('~count~', 'length', `⇥ 5: ${title} (3)`)
  await editor.keys('Control+Space')
  await row.waitFor()
  await editor.keys('Tab')
  await editor.waitForLine('    discount')
  await waitForShown('~count~', 'length', `⇥ 5: ${title} (3)`)
})

test('they go with the server, and can be switched off', async () => {
  await rename()
  await editor.keys('Control+Alt+F9')
  await waitForNothing()
  await editor.ready()
  const numbers = editor.page.locator('.editor-instance .line-numbers')
  const settings = editor.write('work/.vscode/settings.json', JSON.stringify(
    { 'lemma.completion.nextEdits': false, 'editor.lineNumbers': 'off' }))
  await numbers.first().waitFor({ state: 'detached' }) // then both are in force
  await changeName()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  assert.equal(await shown(), '')
  fs.rmSync(settings)
  await numbers.first().waitFor()
  await rename()
})
