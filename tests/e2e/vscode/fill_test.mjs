// A function with examples and no body gets one, and then tests in a file of their own.
import * as fs from 'node:fs'
import { after, before, test } from 'node:test'
import { Editor, plain } from './editor.mjs'
import { Endpoint } from './endpoint.mjs'

const head = `def twice(n):
    """
    >>> twice(3)
    6
    >>> twice(0)
    0
    >>> twice(11)
    22
    >>> twice(8)
    16
    """
`
// What no small expression does.
const steps = `// steps(1) // => 0
// steps(2) // => 1
// steps(3) // => 7
// steps(6) // => 8
export function steps(n) {
`
const body = `  let count = 0;
  for (; n !== 1; count += 1) n = n % 2 === 0 ? n / 2 : 3 * n + 1;
  return count;
`
let editor, endpoint

before(async () => {
  endpoint = await Endpoint.start([
    { say: '>>> twice(-1)\n-2\n' },
    { say: `\`\`\`js\nfunction steps(n) {\n${body}}\n\`\`\`` },
    { say: `\`\`\`js\nfunction steps(n) {\n${body}}\n\`\`\`` },
    { say: 'steps(4) // => 2\nsteps(5) // => 4\n' },
  ])
  editor = await Editor.start({ extension: process.env.LEMMA_EXTENSION, config: endpoint.config() })
  fs.mkdirSync(`${editor.home}/work/.git`, { recursive: true })
})
after(async () => {
  await editor?.stop()
  endpoint?.stop()
})

async function message(pattern) {
  await editor.until(async () => {
    const texts = await editor.page.locator('.notification-toast').allInnerTexts()
    return texts.some((text) => pattern.test(plain([text])))
  }, `a message like ${pattern}`, 60_000)
}

// A list that was asked for while the text before was still in work may lack what is new.
async function act(name) {
  const rows = editor.page.locator('.action-widget .monaco-list-row')
  const wanted = rows.filter({ hasText: name }).first()
  await editor.until(async () => {
    await editor.keys('Control+.')
    const shown = await wanted.waitFor({ timeout: 5_000 }).then(() => true, () => false)
    if (!shown) await editor.keys('Escape')
    return shown
  }, `an action like ${name}`, 60_000)
  const chosen = editor.page.locator('.action-widget .monaco-list-row.focused', { hasText: name })
  for (let left = await rows.count(); left > 0 && !(await chosen.count()); --left) {
    await editor.keys('ArrowDown')
  }
  await chosen.waitFor({ timeout: 2_000 })
  await editor.keys('Enter')
}

test('a lens fills the function in, and a code action writes its tests', async () => {
  const file = editor.write('work/work.py', `${head}    pass\n`)
  await editor.open(`${editor.home}/work`, file)
  await editor.ready()
  await editor.page.locator('.codelens-decoration a', { hasText: 'Make it pass with lemma' }).click()
  await message(/passes 4 of 4 examples/)
  await editor.edit(file, 1)
  await act('passes 4 of 4 examples')
  await editor.waitForLine('    return n + n')
  await editor.edit(file, 1)
  await act('lemma: write tests for twice()')
  await message(/small changes of twice\(\) make one fail/)
  const tests = `${editor.home}/work/test_work.py`
  await editor.until(() => fs.existsSync(tests) &&
    fs.readFileSync(tests, 'utf8').includes('        self.assertEqual(twice(3), 6)\n'), 'the tests')
})

test('in JavaScript a chat model writes a body, and further tests', async () => {
  const file = editor.write('work/steps.mjs', `${steps}}\n`)
  await editor.open(`${editor.home}/work`, file)
  await editor.ready()
  await editor.page.locator('.codelens-decoration a', { hasText: 'Make it pass with lemma' }).click()
  await message(/passes 4 of 4 examples, by a model; written by scripted/)
  await editor.edit(file, 5)
  await act('passes 4 of 4 examples')
  await editor.waitForLine('  return count;')
  await editor.edit(file, 7)
  await act('lemma: write tests for steps()')
  await message(/the code gives 5, the model expected 4/)
  const tests = `${editor.home}/work/steps.test.mjs`
  await editor.until(() => fs.existsSync(tests) && fs.readFileSync(tests, 'utf8').includes(
    '  // Written by a model; the code gives this.\n  assert.strictEqual(steps(4), 2);\n'), 'the tests')
})
