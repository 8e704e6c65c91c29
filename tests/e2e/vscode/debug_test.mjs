// A program that fails, in a trusted folder: where it fails, why, and the fix that was proved.
import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { after, before, test } from 'node:test'
import { Editor, plain } from './editor.mjs'

const program = `def mean(values):
    total = 0
    for i in range(len(values) + 1):
        total += values[i]
    return total / len(values)
`
const tests = `import unittest

from mean import mean


class Mean(unittest.TestCase):
    def test_of_several(self):
        self.assertEqual(mean([1, 2, 6]), 3)

    def test_of_one(self):
        self.assertEqual(mean([4]), 4)
`
let editor

before(async () => {
  editor = await Editor.start({ extension: process.env.LEMMA_EXTENSION })
  fs.mkdirSync(`${editor.home}/work/.git`, { recursive: true })
  editor.write('work/test_mean.py', tests)
})
after(() => editor?.stop())

async function texts(selector) {
  return (await editor.page.locator(selector).allInnerTexts()).map((text) => plain([text]))
}

test('a lens starts the search; diagnostic, values and fix are where they belong', async () => {
  const file = editor.write('work/mean.py', program)
  await editor.open(`${editor.home}/work`, `${editor.home}/work/test_mean.py`)
  await editor.ready()
  await editor.edit(`${editor.home}/work/test_mean.py`)
  const lens = editor.page.locator('.codelens-decoration a', { hasText: 'lemma: debug this test' })
  await editor.until(async () => (await lens.count()) === 2, 'a lens on each test')
  await editor.edit(file, 1)
  await editor.command('lemma: Debug This File')
  await editor.page.waitForSelector('.squiggly-error', { timeout: 90_000 })
  await editor.until(async () => (await editor.lines()).some((line) => /values\[i\].*i = /.test(line)),
    'the values behind the line')
  await editor.until(async () => (await texts('.notification-toast')).some((text) =>
    text.includes('offered there as a code action')), 'the end of the search', 90_000)
  await editor.screenshot('debugging.png')
  await editor.edit(file, 4)
  await editor.keys('Control+.')
  await editor.page.locator('.action-widget .monaco-list-row.focused', { hasText: 'passes 2 of 2' })
    .waitFor({ timeout: 30_000 })
  await editor.keys('Enter')
  await editor.until(async () => !(await editor.lines()).includes('    for i in range(len(values) + 1):'),
    'the line to be mended')
  await editor.until(async () => !(await editor.page.locator('.squiggly-error').count()),
    'the diagnostic to go')
  assert.equal(fs.readFileSync(file, 'utf8'), program) // nobody has saved it
  await editor.command('lemma: Why This Suggestion')
  const parts = ['mean.py: IndexError: list index out of range', '(taken)',
    'Run in the sandbox: test_mean.py', 'Before: failed, 2 times; red: ',
    'With the change: passed, 2 times; green now: 2 tests', 'Written by a rule', 'Time: ']
  await editor.until(async () => {
    const text = await editor.panels()
    return parts.every((part) => text.includes(part))
  }, 'what was seen of the fix, in the panel')
  await editor.screenshot('why-fix.png')
})

test('a TypeScript file is debugged to a fix', async () => {
  const file = editor.write('work/stock.ts', `export interface Item { name: string; count: number }

export function total(items: Item[]): number {
  let sum: number = 0
  for (let i = 0; i <= items.length; i++) {
    sum += items[i].count
  }
  return sum
}
`)
  editor.write('work/stock.test.ts', `import { test } from 'node:test'
import assert from 'node:assert'
import { total, Item } from './stock'

const items: Item[] = [{ name: 'a', count: 2 }, { name: 'b', count: 5 }]
test('of two', () => { assert.strictEqual(total(items), 7) })
test('of none', () => { assert.strictEqual(total([]), 0) })
`)
  await editor.edit(file, 1)
  await editor.command('lemma: Debug This File')
  await editor.until(async () => (await texts('.notification-toast')).some((text) =>
    text.includes('TypeError in stock.ts, line 6') && text.includes('offered there')),
  'the end of the search', 90_000)
  await editor.edit(file, 6)
  await editor.keys('Control+.')
  await editor.page.locator('.action-widget .monaco-list-row.focused', { hasText: 'passes 2 of 2' })
    .waitFor({ timeout: 30_000 })
  await editor.keys('Enter')
  await editor.until(async () => (await editor.lines())
    .includes('  for (let i = 0; i < items.length; i++) {'), 'the line to be mended')
})

test('the test at the cursor is debugged alone', async () => {
  editor.write('work/pair.py', 'def double(n):\n    return n * 3\n\n\ndef half(n):\n    return n / 0\n')
  const file = editor.write('work/test_pair.py', `from pair import double, half


def test_double():
    assert double(4) == 8
    assert double(-1) == -2


def test_half():
    assert half(4) == 2
`)
  await editor.edit(file, 5)
  await editor.command('lemma: Debug the Test or Example Here')
  await editor.until(async () => (await texts('.notification-toast')).some((text) =>
    text.includes("'test_double' among them")), 'its fix', 90_000)
})
