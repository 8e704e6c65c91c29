// A change by instruction, made by a scripted model and tried with the program's own tests: what VS
// Code shows of it, and how it is taken, discarded, and given up.
import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { after, before, test } from 'node:test'
import { Editor, plain } from './editor.mjs'
import { Endpoint } from './endpoint.mjs'

const loop = `    total = 0
    for _ in range(count):
        total += price
`
const head = `def price_of(count, price, discount=0):
    """The price of some pieces, less a discount."""
`
const program = `"""What fruit costs."""


${head}${loop}    return total - total * discount


def receipt(basket, prices):
    """A line for each fruit."""
    for fruit, count in sorted(basket.items()):
        yield f"{fruit}: {price_of(count, prices[fruit])}"
`
const tests = (module) => `from ${module} import price_of, receipt


def test_price():
    assert price_of(3, 20) == 60


def test_discount():
    assert price_of(2, 50, discount=0.25) == 75


def test_receipt():
    lines = receipt({"plum": 3, "fig": 2}, {"plum": 20, "fig": 50})
    assert list(lines) == ["fig: 100", "plum: 60"]
`
const checked = `    if not 0 <= discount <= 1:
        raise ValueError(f"no discount: {discount}")
    total = count * price
`
const says = (text) => ({ say: `\`\`\`python\n${text}\`\`\`` })
const shorter = says('    total = count * price\n')
const wrong = says('    total = count + price\n')
let editor, endpoint

before(async () => {
  endpoint = await Endpoint.start([shorter])
  editor = await Editor.start({ extension: process.env.LEMMA_EXTENSION, config: endpoint.config() })
  const first = editor.write('work/notes.txt', '')
  await editor.open(`${editor.home}/work`, first)
  await editor.ready()
})
after(async () => {
  await editor?.stop()
  endpoint?.stop()
})

// A file of its own with its tests beside it, and the loop selected; its name.
async function selectLoop(name) {
  editor.write(`work/test_${name}.py`, tests(name))
  await editor.edit(editor.write(`work/${name}.py`, program), 6)
  await editor.keys('Home', 'Home', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown')
  return `${name}.py`
}

async function instruct(text) {
  const box = editor.page.locator('.quick-input-widget .quick-input-box input')
  await editor.page.locator('.quick-input-widget', { hasText: 'What is to be changed' }).waitFor()
  await box.fill(text)
  await editor.keys('Enter')
}

async function change(text) {
  await editor.choose('lemma: Change the Selection as You Say')
  await instruct(text)
}

const diffs = () => editor.page.locator('.tab', { hasText: /\.py: / })

async function waitForDiff(title) {
  const tab = editor.page.locator('.tab.active', { hasText: title })
  await editor.until(async () => await tab.count() === 1, `the diff ${title}`, 60_000)
  await editor.until(async () => await diffs().count() === 1, 'no other one')
  await editor.page.locator('.modified-in-monaco-diff-editor.focused').waitFor()
  // Comes last: the keys are in force.
  await toast(title).filter({ has: editor.page.locator('.monaco-button') }).waitFor()
}

async function waitForNoDiff() {
  await editor.until(async () => await diffs().count() === 0, 'the diff to be closed')
}

// What the document would be.
async function proposed() {
  const lines = editor.page.locator(
    '.modified-in-monaco-diff-editor .lines-content > .view-lines > .view-line')
  return lines.evaluateAll((all) => all
    .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
    .map((line) => line.textContent.replaceAll('\u00a0', ' ')))
}

const toast = (text) => editor.page.locator('.notification-toast', { hasText: text })

async function waitForProgram(text) {
  const wanted = text.trimEnd()
  await editor.until(async () => (await editor.lines()).join('\n').trimEnd() === wanted, wanted)
}

test('a function is changed as one says, shown with what tests say, undone as one', async () => {
  endpoint.says(says(head + checked + '    return total - total * discount\n'))
  editor.write('work/test_shop.py', tests('shop'))
  const file = editor.write('work/shop.py', program)
  await editor.edit(file, 8)
  await change('no loop, and refuse discounts outside of 0 to 1') // the function at the cursor
  await waitForDiff('shop.py: passes 3 of 3 tests')
  const text = program.replace(loop, checked)
  await editor.until(async () => (await proposed()).join('\n').trimEnd() === text.trimEnd(), text)
  const seen = toast(/shop\.py: passes 3 of 3 tests; price_of\(.*\) gives an exception: ValueError/)
  await seen.waitFor()
  await seen.locator('.codicon-info').waitFor()
  await seen.evaluate((shown) => Promise.all(shown.getAnimations().map((each) => each.finished)))
  await editor.screenshot('change.png')
  await seen.locator('.monaco-button', { hasText: 'Take' }).click()
  await waitForNoDiff()
  await waitForProgram(text)
  await editor.keys('Control+z')
  await waitForProgram(program)
  assert.equal(fs.readFileSync(file, 'utf8'), program) // nobody has saved it
  const sent = endpoint.asked().at(-1).body.messages.at(-1).content
  assert.match(sent, /The request: no loop, and refuse discounts outside of 0 to 1/)
})

test('a function is documented, and its code is seen to be the same', async () => {
  endpoint.says({ say: "'''A line for each fruit, by name.'''" })
  editor.write('work/test_documented.py', tests('documented'))
  await editor.edit(editor.write('work/documented.py', program), 14)
  await editor.choose('lemma: Document the Selection')
  await waitForDiff('documented.py: only comments and blanks are changed')
  await toast(/the code is the same; passes 3 of 3 tests/).waitFor()
  await editor.keys('Control+Enter')
  await waitForNoDiff()
  await waitForProgram(program.replace('"""A line for each fruit."""', "'''A line for each fruit, by name.'''"))
})

test('keys and buttons of the diff take it, with the cursor there, and discard it', async () => {
  endpoint.says(shorter)
  const name = await selectLoop('keys')
  await change('no loop')
  await waitForDiff(`${name}: passes 3 of 3 tests`)
  await editor.keys('Control+f')
  const find = editor.page.locator('.find-widget.visible')
  await find.waitFor()
  await editor.keys('Escape') // which VS Code gives to messages first
  await toast('passes 3 of 3 tests').waitFor({ state: 'detached' })
  await editor.keys('Escape')
  await find.waitFor({ state: 'detached' })
  assert.equal(await diffs().count(), 1)
  await editor.keys('Escape')
  await waitForNoDiff()
  await editor.type('#', 0) // in place of what is selected
  await waitForProgram(program.replace(loop, '#'))
  await editor.keys('Control+z')
  await waitForProgram(program)
  await selectLoop('keys')
  await change('no loop')
  await waitForDiff(`${name}: passes 3 of 3 tests`)
  await editor.keys('Control+Enter')
  await waitForNoDiff()
  await waitForProgram(program.replace(loop, '    total = count * price\n'))
  await editor.type('#', 0)
  await waitForProgram(program.replace(loop, '#    total = count * price\n'))
  await editor.keys('Control+z', 'Control+z')
  await waitForProgram(program)
  for (const [button, after] of [
    ['Discard the Change', program],
    ['Take the Change', program.replace(loop, '    total = count * price\n')],
  ]) {
    await selectLoop('keys')
    await change('no loop')
    await waitForDiff(`${name}: passes 3 of 3 tests`)
    await editor.page.locator(`.editor-actions a[aria-label^="${button}"]`).click()
    await waitForNoDiff()
    await waitForProgram(after)
  }
})

test('a change that breaks a test is shown with a warning, and discarded there', async () => {
  endpoint.says(wrong)
  const name = await selectLoop('breaks')
  await change('no loop')
  await waitForDiff(`${name}: 3 tests that passed do not any more`)
  const seen = toast(/3 tests that passed do not any more: .*; passes 0 of 3 tests/)
  await seen.locator('.codicon-warning').waitFor()
  await editor.screenshot('change-breaks.png')
  await seen.locator('.monaco-button', { hasText: 'Discard' }).click()
  await waitForNoDiff()
  await waitForProgram(program)
})

test('a later change takes the place of an earlier one, and typing gives it up', async () => {
  endpoint.says(wrong)
  const name = await selectLoop('later')
  await change('no loop')
  await waitForDiff(`${name}: 3 tests that passed do not any more`)
  const tab = editor.page.locator('.tab', { hasText: new RegExp(`^${name}$`) })
  await tab.click() // where the loop is still selected
  endpoint.says(shorter)
  await change('no loop, and no mistakes')
  await waitForDiff(`${name}: passes 3 of 3 tests`)
  await tab.click()
  await editor.keys('Control+Home')
  await editor.type('#', 0)
  await waitForNoDiff()
  await toast(`${name} has changed meanwhile`).waitFor()
  await waitForProgram(`#${program}`)
})

test('while the model works it says so, and can be stopped; what is no code is told', async () => {
  endpoint.says({ say: 'and so on and on and on', pause_ms: 3_000 })
  await selectLoop('slow')
  await change('no loop')
  const progress = editor.page.locator('.statusbar-item', { hasText: 'lemma: changing slow.py' })
  await progress.locator('a').click()
  const cancel = editor.page.locator('.notifications-center .monaco-button', { hasText: 'Cancel' })
  await cancel.waitFor()
  await editor.screenshot('change-progress.png')
  await cancel.click()
  await progress.waitFor({ state: 'detached' })
  await editor.command('Notifications: Clear All Notifications')
  await editor.until(() => endpoint.asked().some((entry) => entry.closed), 'the end of asking')
  endpoint.says({ say: 'I would rather not.' })
  await change('no loop')
  await toast('I would rather not.').waitFor({ timeout: 60_000 })
  assert.equal(await diffs().count(), 0)
  await waitForProgram(program)
})

test('the menus of the editor and of the status bar have it', async () => {
  endpoint.says(shorter)
  const name = await selectLoop('menus')
  const line = editor.page.locator('.view-line', { hasText: 'for _ in range' })
  await line.click({ button: 'right', position: { x: 50, y: 5 } })
  // VS Code hears no mouse at first, so that the click that opens the menu chooses nothing.
  const entry = editor.page.locator('.monaco-menu .action-label', { hasText: 'Change the Sel' })
  await entry.click({ delay: 500 })
  await instruct('no loop')
  await waitForDiff(`${name}: passes 3 of 3 tests`)
  await editor.keys('Escape') // and the message goes with it
  await waitForNoDiff()
  await toast('passes 3 of 3 tests').waitFor({ state: 'detached' })
  await editor.page.locator('.statusbar-item[id="lemma.lemma.lemma.status"]').click()
  await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Change the' }).click()
  await instruct('no loop')
  await waitForDiff(`${name}: passes 3 of 3 tests`)
})
