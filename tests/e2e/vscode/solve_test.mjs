// A formula's answer, its hints, and a conversation with a scripted model at an endpoint.
import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { after, before, test } from 'node:test'
import { Editor, plain } from './editor.mjs'
import { Endpoint } from './endpoint.mjs'

let editor, endpoint

before(async () => {
  endpoint = await Endpoint.start([
    { say: 'It doubles <b>n</b>.', think: 'n + n' },
    { say: 'and so on and on and on', pause_ms: 300 },
  ])
  editor = await Editor.start({
    extension: process.env.LEMMA_EXTENSION,
    config: endpoint.config(),
  })
  fs.mkdirSync(`${editor.home}/work/.git`, { recursive: true })
})
after(async () => {
  await editor?.stop()
  endpoint?.stop()
})

async function messages() {
  const texts = await editor.page.locator('.notification-toast').allInnerTexts()
  return texts.map((text) => plain([text]))
}

test('Solve puts answer and steps below the formula, and a hint tells one step', async () => {
  const file = editor.write('work/notes.py', '# d/dx x^3 =\nprint(1)\n')
  await editor.open(`${editor.home}/work`, file)
  await editor.ready()
  await editor.edit(file, 1)
  await editor.command('lemma: A Hint for This Formula')
  await editor.until(async () => (await messages()).some((text) => /step 1 of \d/.test(text)),
    'the first step', 60_000)
  await editor.edit(file, 1)
  await editor.command('lemma: Solve This Formula')
  await editor.until(async () => (await editor.lines())[0] === '# d/dx x^3 = 3*x**2',
    'the answer behind the formula', 60_000)
  const below = (await editor.lines()).slice(1)
  assert.ok(below.some((line) => line.startsWith('# 1. ')), below.join('\n'))
  assert.ok(below.includes('print(1)'))
  assert.equal(fs.readFileSync(file, 'utf8'), '# d/dx x^3 =\nprint(1)\n') // nobody has saved it
})

test('Ask sends what is selected and the question, and shows the answer as text', async () => {
  const file = editor.write('work/twice.py', 'secret = 1\ndef twice(n): return n + n\n')
  await editor.open(`${editor.home}/work`, file)
  await editor.ready()
  await editor.edit(file, 2)
  await editor.keys('Shift+Home')
  await editor.command('lemma: Ask')
  const panel = editor.panel()
  await panel.locator('label', { hasText: 'attach twice.py, line 2' }).waitFor({ timeout: 30_000 })
  await panel.locator('#field').fill('What does it do?')
  await panel.locator('#send').click()
  const answer = panel.locator('.answer')
  await editor.until(async () => (await answer.count()) === 1 &&
    (await answer.innerText()) === 'It doubles <b>n</b>.', 'the answer', 30_000)
  assert.equal(await panel.locator('.question').innerText(), 'What does it do?')
  assert.match(await panel.locator('#log').innerText(), /attached: twice\.py, line 2/)
  // The thinking is folded away, and there.
  assert.equal(await panel.locator('details').getAttribute('open'), null)
  assert.match(await panel.locator('details').textContent(), /n \+ n/)
  const [asked] = endpoint.asked()
  const sent = JSON.stringify(asked.body.messages)
  assert.match(sent, /What does it do\?/)
  assert.match(sent, /def twice\(n\): return n \+ n/)
  assert.doesNotMatch(sent, /secret/)
  await editor.screenshot('asking.png')
  // A stop closes the connection in the middle.
  await panel.locator('#attach').uncheck()
  await panel.locator('#field').fill('And then?')
  await panel.locator('#send').click()
  await editor.until(async () => (await answer.count()) === 2 && /and so/.test(await answer.nth(1)
    .innerText()), 'the beginning of the second answer', 30_000)
  await panel.locator('#stop').click()
  await editor.until(async () => panel.locator('#send').isEnabled(), 'the end of it')
  assert.doesNotMatch(await answer.nth(1).innerText(), /on and on and on$/)
  await editor.until(() => endpoint.asked().some((entry) => entry.closed), 'the connection to close')
  // The end of an answer that its daemon does not live to see.
  await panel.locator('#field').fill('And then?')
  await panel.locator('#send').click()
  await editor.until(async () => (await answer.count()) === 3, 'the next answer', 30_000)
  const daemon = await editor.only('daemons')
  process.kill(daemon.pid, 'SIGKILL')
  await editor.until(() => editor.daemons().some(({ pid }) => pid !== daemon.pid), 'a new one')
  await editor.until(async () => panel.locator('#send').isEnabled(), 'another question')
  assert.match(await panel.locator('#log').innerText(), /has forgotten what was said here before/)
})

test('what is selected is explained', async () => {
  const file = editor.write('work/double.js', 'const secret = 1\nconst double = (n) => n + n\n')
  await editor.open(`${editor.home}/work`, file)
  await editor.ready()
  const panel = editor.panel()
  for (const answer of ['It says what it is given twice.', 'As before.']) {
    endpoint.says({ say: answer })
    const before = endpoint.asked().filter((entry) => entry.body).length
    await editor.edit(file, 2)
    await editor.keys('Shift+Home')
    await editor.command('lemma: Explain the Selection')
    // While the panel opens, what is asked of it is lost.
    await editor.until(async () => answer === await panel.locator('.answer').last()
      .innerText({ timeout: 500 }).catch(() => ''), answer, 30_000)
    assert.match((await panel.locator('.question').allInnerTexts()).at(-1), /^Explain what this code does/)
    assert.match(await panel.locator('#log').innerText(), /attached: double\.js, line 2/)
    const asked = endpoint.asked().filter((entry) => entry.body)
    assert.equal(asked.length, before + 1)
    const sent = asked.at(-1).body.messages.at(-1).content
    assert.match(sent, /const double = \(n\) => n \+ n/)
    assert.doesNotMatch(sent, /secret/)
  }
})

test('the code of an answer is put over the selection by a button, and undone in one step', async () => {
  const text = 'def total(a):\n    if a:\n        return 0\n    return 1\n'
  const file = editor.write('work/insert.py', text)
  await editor.open(`${editor.home}/work`, file)
  await editor.ready()
  endpoint.says({ say: 'So:\n\n```python\nfor b in a:\n    yield b\n```\nor\n```\nreturn sum(a)\n```\n' })
  await editor.edit(file, 3)
  await editor.keys('End', 'Shift+Home')
  await editor.command('lemma: Ask')
  const panel = editor.panel()
  await panel.locator('label', { hasText: 'attach insert.py, line 3' }).waitFor({ timeout: 30_000 })
  await panel.locator('#field').fill('How else?')
  await panel.locator('#send').click()
  const buttons = panel.locator('button.insert')
  await editor.until(async () => (await buttons.count()) === 2, 'a button for each block', 30_000)
  await buttons.first().click()
  await editor.waitForLine('        for b in a:')
  await editor.waitForLine('            yield b')
  assert.ok(!(await editor.lines()).includes('        return 0'))
  await editor.keys('Control+z')
  await editor.waitForLine('        return 0')
  assert.deepEqual((await editor.lines()).filter((line) => line.trim()), text.trim().split('\n'))
})
