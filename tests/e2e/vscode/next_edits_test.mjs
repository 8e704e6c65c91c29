// A change made once is proposed at the other places: what VS Code shows, and what its keys do.
import assert from 'node:assert/strict'
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

// What is struck through, what is drawn behind it, and the hint at the end of the cursor's line.
function shown() {
  return editor.page.evaluate(() => {
    const found = { struck: '', proposed: '', hint: '' }
    for (const span of document.querySelectorAll('.editor-instance .view-line span')) {
      const { textDecorationLine } = getComputedStyle(span)
      if (textDecorationLine === 'line-through') found.struck += span.textContent
      const { content } = getComputedStyle(span, '::after')
      const text = /^"(.+)"$/.exec(content)?.[1].replaceAll('\u00a0', ' ')
      if (text) found[text.startsWith('⇥') ? 'hint' : 'proposed'] += text
    }
    return found
  })
}

function waitForShown(hint) {
  const wanted = { struck: 'count', proposed: 'length', hint }
  let now
  return editor.until(async () => {
    now = await shown()
    return JSON.stringify(now) === JSON.stringify(wanted)
  }, `${JSON.stringify(wanted)}`).catch((error) => {
    assert.fail(`${error.message}\nshown: ${JSON.stringify(now)}`)
  })
}

function waitForNothing() {
  return editor.until(async () => Object.values(await shown()).join('') === '', 'nothing to be shown')
}

const cursorLine = () => editor.page.evaluate(() =>
  document.querySelector('.editor-instance .line-numbers.active-line-number').textContent)

async function waitForCursor(line) {
  await editor.until(async () => await cursorLine() === `${line}`, `the cursor on line ${line}`)
}

let number = 0
// A new file with the program, in which the name is changed where it is defined.
async function rename() {
  await editor.edit(editor.write(`work/program${++number}.py`, program), 2)
  await editor.keys('Home', 'Control+Shift+ArrowRight')
  await editor.type('length')
  await editor.waitForLine('    length = 0')
}

test('a name changed at its definition is changed everywhere by Tab, place by place', async () => {
  await rename()
  await waitForShown(`⇥ 5: ${title} (3)`)
  await editor.screenshot('next-edits-far.png')
  await editor.keys('Tab')
  await waitForCursor(5)
  await waitForShown('⇥ (3)')
  await editor.screenshot('next-edits-here.png')
  await editor.keys('Tab')
  await editor.waitForLine('        if len(word) > length:')
  await waitForShown(`⇥ 6: ${title} (2)`)
  await editor.keys('Tab', 'Tab', 'Tab', 'Tab')
  await editor.waitForLine('            length = len(word)')
  await editor.waitForLine('    return best, length')
  await waitForNothing()
  assert.ok(!(await editor.lines()).some((line) => /\bcount\b/.test(line)))
})

test('undo takes back the last place alone', async () => {
  await rename()
  await waitForShown(`⇥ 5: ${title} (3)`)
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
  await waitForShown(`⇥ 5: ${title} (3)`)
  await editor.keys('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown')
  await waitForShown(`⇥ 8: ${title} (3)`)
  await editor.keys('Control+Home')
  await waitForShown(`⇥ 5: ${title} (3)`)
  await editor.keys('Control+End')
  await waitForShown(`⇥ 5: ${title} (3)`)
})

test('Escape dismisses all of them, and Tab indents again', async () => {
  await rename()
  await waitForShown(`⇥ 5: ${title} (3)`)
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
  await waitForShown(`⇥ 5: ${title} (3)`)
  await editor.keys('ArrowDown', 'Home', 'Shift+ArrowDown', 'Shift+End')
  await waitForNothing()
  await editor.keys('Tab')
  await editor.waitForLine('        best = ""')
})

test('ghost text has Tab first, and nothing is shown beside it', async () => {
  await rename()
  await waitForShown(`⇥ 5: ${title} (3)`)
  await editor.keys('Control+End', 'ArrowUp', 'End', 'Control+Shift+ArrowLeft')
  await editor.type('return comput')
  const ghost = await editor.waitForGhost(/^e_total/)
  await waitForNothing()
  await editor.screenshot('next-edits-ghost.png')
  await editor.keys('Tab')
  await editor.waitForLine(`    return comput${ghost}`)
  await editor.waitForLine('        if len(word) > count:')
})
