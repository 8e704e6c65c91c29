// A folder that is not trusted: completions work, and nothing that it holds is run.
import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { after, before, test } from 'node:test'
import { Editor, processes } from './editor.mjs'
import { Endpoint } from './endpoint.mjs'

let editor, endpoint

before(async () => {
  endpoint = await Endpoint.start([{ say: '```python\ndef twice(n):\n    return 2 * n\n```' }])
  const extension = process.env.LEMMA_EXTENSION
  editor = await Editor.start({ extension, trust: false, config: endpoint.config() })
})
after(async () => {
  await editor?.stop()
  endpoint?.stop()
})

test('nothing of an untrusted folder is run while it is completed', async () => {
  const marker = `${editor.home}/marker`
  const evil = editor.write('work/lemma', `#!/bin/sh\ntouch ${marker}\n`)
  fs.chmodSync(evil, 0o755)
  for (const name of ['conftest.py', 'sitecustomize.py', 'setup.py']) {
    editor.write(`work/${name}`, `open(${JSON.stringify(marker)}, 'w')\n`)
  }
  editor.write('work/.vscode/settings.json', JSON.stringify({ 'lemma.program': evil }))
  const line = 'harvest = gather_all_fruit(basket, season, patience=3)\n'
  const file = editor.write('work/a.py', line.repeat(3))
  await editor.open(`${editor.home}/work`, file)
  await editor.ready()
  const bar = editor.page.locator('.statusbar')
  await editor.until(async () => /Restricted Mode/.test(await bar.innerText()), 'its restriction')
  await editor.edit(file)
  await editor.type('harvest = gather')
  await editor.waitForGhost(/^_all_fruit\(/)
  await editor.command('lemma: Debug This File')
  const toast = editor.page.locator('.notification-toast', { hasText: 'lemma runs nothing' })
  await toast.waitFor({ timeout: 30_000 })
  const servers = editor.lemmas()
  assert.equal(servers.length, 1)
  assert.ok(servers[0].command[0].endsWith('/server/bin/lemma-bridge'))
  const lemmas = [...servers, ...editor.daemons()].map(({ pid }) => pid)
  assert.equal(lemmas.length, 2)
  assert.deepEqual(processes().filter(({ parent, pid }) =>
    lemmas.includes(parent) && !lemmas.includes(pid)), [])
  assert.ok(!fs.existsSync(marker))
})

test('what a model changes in one is shown, and nothing is run for it', async () => {
  const marker = `${editor.home}/marker`
  editor.write('work/test_b.py', `open(${JSON.stringify(marker)}, 'w')\nfrom b import twice\n` +
    'def test_twice():\n    assert twice(2) == 4\n')
  const file = editor.write('work/b.py', 'def twice(n):\n    return n + n\n')
  await editor.open(`${editor.home}/work`, file)
  await editor.ready()
  await editor.edit(file, 2)
  await editor.choose('lemma: Change the Selection as You Say')
  await editor.page.locator('.quick-input-widget', { hasText: 'b.py, at the cursor' }).waitFor()
  await editor.type('multiply', 0)
  await editor.keys('Enter')
  const seen = editor.page.locator('.notification-toast', { hasText: 'b.py: nothing was run' })
  await seen.locator('.monaco-button', { hasText: 'Take' }).click({ timeout: 60_000 })
  await editor.waitForLine('    return 2 * n')
  assert.ok(!fs.existsSync(marker))
})
