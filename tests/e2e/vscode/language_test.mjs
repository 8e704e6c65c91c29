// VS Code in another language: the extension and its server speak it too.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Editor, plain } from './editor.mjs'

const line = 'harvest = gather_all_fruit(basket, season, patience=3)\n'

let editor

before(async () => {
  editor = await Editor.start({ extension: process.env.LEMMA_EXTENSION, language: 'de' })
})
after(() => editor?.stop())

test('a German VS Code is answered in German', async () => {
  const file = editor.write('work/a.py', line.repeat(3))
  await editor.open(`${editor.home}/work`, file)
  await editor.ready()
  await editor.page.locator('.statusbar-item[id="lemma.lemma.lemma.status"]').click()
  const rows = editor.page.locator('.quick-input-list .monaco-list-row')
  await editor.until(async () =>
    /Warum dieser Vorschlag.*Vervollständigung für python ausschalten.*Server neu starten/
      .test(plain(await rows.allInnerTexts())), 'the menu')
  await editor.keys('Escape')

  await editor.edit(file)
  await editor.type('harvest = gather')
  await editor.waitForGhost(/^_all_fruit\(/)
  await editor.command('lemma: Warum dieser Vorschlag')
  const panel = editor.panel()
  await panel.getByRole('heading', { name: 'Was dem Modell gezeigt wurde' }).waitFor()
  const text = await panel.locator('body').innerText()
  assert.match(text, /a\.py, Zeile 4/)
  assert.match(text, /diese Datei, Zeilen 1 bis \d+\s+vor dem Anker/) // in the server's words
  assert.match(text, /All das bleibt auf diesem Rechner\./)
  await editor.screenshot('why-de.png')

  await editor.command('lemma: Erste Schritte')
  const page = editor.page.locator('.gettingStartedContainer')
  await page.getByText('Tippen und nehmen, was gefällt').waitFor()
  await editor.until(async () => /Wer tippt, was dort steht, behält den Rest\./
    .test(await editor.panels()), 'the page of the first step')
  await editor.screenshot('start-de.png')
})
