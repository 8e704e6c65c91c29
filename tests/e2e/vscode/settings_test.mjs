// What is set in VS Code, and what is left to the user's config.toml.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Editor } from './editor.mjs'

const line = 'harvest = gather_all_fruit(basket, season, patience=3)\n'
let editor

before(async () => {
  editor = await Editor.start({
    extension: process.env.LEMMA_EXTENSION,
    config: '[completion]\nenabled = false\n',
  })
})
after(() => editor?.stop())

test('what VS Code does not set is as config.toml has it, until VS Code sets it', async () => {
  const file = editor.write('work/sample.py', line.repeat(3))
  await editor.open(`${editor.home}/work`, file)
  await editor.ready()
  await editor.edit(file)
  await editor.type('harvest = gather')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  assert.equal(await editor.ghost(), '')
  editor.write('work/.vscode/settings.json', JSON.stringify(
    { 'lemma.completion.enabled': true, 'editor.lineNumbers': 'off' }))
  const numbers = editor.page.locator('.editor-instance .line-numbers')
  await numbers.first().waitFor({ state: 'detached' }) // then both are in force
  await editor.typeUntilGhost('_', /^all_fruit/, 'ghost text')
})
