// A formula's answer, its hints, and a conversation with a scripted model at an endpoint.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Editor, plain } from './editor.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
let editor, endpoint

// The test double of an endpoint, and what it was sent.
class Endpoint {
  static async start(rules) {
    const made = new Endpoint()
    made.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lemma-endpoint-'))
    made.log = path.join(made.folder, 'log')
    fs.writeFileSync(path.join(made.folder, 'script'), JSON.stringify(rules))
    fs.writeFileSync(made.log, '')
    const program = path.join(here, '../../support/chat_server.py')
    made.process = spawn('/usr/bin/python3', ['-B', program, path.join(made.folder, 'script'), made.log],
      { stdio: ['pipe', 'pipe', 'inherit'] })
    made.port = await new Promise((resolve) => made.process.stdout.once('data', (data) =>
      resolve(`${data}`.trim())))
    return made
  }

  asked() {
    return fs.readFileSync(this.log, 'utf8').trim().split('\n').filter(Boolean).map(JSON.parse)
  }

  stop() {
    this.process.stdin.end() // which ends it
    fs.rmSync(this.folder, { recursive: true, force: true })
  }
}

before(async () => {
  endpoint = await Endpoint.start([
    { say: 'It doubles <b>n</b>.', think: 'n + n' },
    { say: 'and so on and on and on', pause_ms: 300 },
  ])
  editor = await Editor.start({
    extension: process.env.LEMMA_EXTENSION,
    config: `[remote]\nurl = "http://127.0.0.1:${endpoint.port}/v1"\nmodel = "scripted"\n` +
      'ability = "instruct"\n',
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
  const panel = editor.page.frameLocator('iframe.webview').frameLocator('iframe')
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
})
