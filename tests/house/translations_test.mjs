// What the plugins of VS Code and Neovim say stands in each of their languages, and nothing stands
// there that they do not say; values are named alike.
import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import * as path from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

const editors = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../editors')
const vscode = path.join(editors, 'vscode')
const neovim = path.join(editors, 'neovim/lua/lemma')

const read = (...names) => fs.readFileSync(path.join(...names), 'utf8')
const parse = (name) => JSON.parse(read(vscode, name))
const found = (text, pattern) => [...text.matchAll(pattern)].map(([whole]) => whole)
const sameKeys = (one, other) => assert.deepEqual([...one].sort(), [...other].sort())

const literal = `(?:'[^'\\n]*'|"[^"\\n]*")`

// The first arguments of a function's calls in a folder's files, which must be plain strings;
// `joins` stands between the parts of long ones.
function said(folder, ending, call, joins) {
  const argument = new RegExp(
    `${call}\\(\\s*(${literal}(?:\\s*${joins}\\s*${literal})*)?(.)`, 'gs')
  const sentences = new Set()
  for (const name of fs.readdirSync(folder).filter((each) => each.endsWith(ending))) {
    for (const [, strings, next] of read(folder, name).matchAll(argument)) {
      assert.match(`${strings}${next}`, /['"][,)\s]$/, `${name}: ${strings ?? ''}${next}`)
      sentences.add(found(strings, new RegExp(literal, 'g'))
        .map((part) => part.slice(1, -1)).join(''))
    }
  }
  return sentences
}

// The table that a file of words returns.
function table(text) {
  const entries = text.matchAll(new RegExp(
    `\\[(${literal})\\] =\\s*(${literal}(?:\\s*\\.\\.\\s*${literal})*),`, 'g'))
  return Object.fromEntries([...entries].map(([, english, strings]) => [english.slice(1, -1),
    found(strings, new RegExp(literal, 'g')).map((part) => part.slice(1, -1)).join('')]))
}

for (const language of ['de', 'fr', 'zh-cn']) {
  test(`what the extension of VS Code says is there in ${language}`, () => {
    const bundle = parse(`l10n/bundle.l10n.${language}.json`)
    sameKeys(Object.keys(bundle), said(path.join(vscode, 'src'), '.ts', '\\bt', '\\+'))
    const values = (text) => found(text, /\{\w+\}/g).sort()
    for (const [sentence, translated] of Object.entries(bundle)) {
      assert.deepEqual(values(translated), values(sentence), sentence)
    }
  })

  test(`what its package.json says is there in ${language}`, () => {
    const english = parse('package.nls.json')
    const names = [...read(vscode, 'package.json').matchAll(/"%([^%"]+)%"/g)]
      .map(([, name]) => name)
    const translated = parse(`package.nls.${language}.json`)
    sameKeys(Object.keys(english), names)
    sameKeys(Object.keys(translated), names)
    const links = (text) => found(text.replace(/\[[^\]]*\]/g, '[]'), /\]\([^)]*\)|`[^`]*`/g).sort()
    for (const name of names) assert.deepEqual(links(translated[name]), links(english[name]), name)
  })

  test(`the pages of its first steps are there in ${language}`, () => {
    for (const page of fs.readdirSync(path.join(vscode, 'media'))) {
      if (!/\.nls\./.test(page)) read(vscode, 'media', page.replace(/\.md$/, `.nls.${language}.md`))
    }
  })
}

for (const language of ['de', 'fr', 'zh']) {
  test(`what the plugin of Neovim says is there in ${language}`, () => {
    const words = table(read(neovim, 'words', `${language}.lua`))
    sameKeys(Object.keys(words), said(neovim, '.lua', '(?<!M\\.)\\bsay', '\\.\\.'))
    const values = (text) => found(text, /%[-\d.]*[a-z%]/g) // in their order
    for (const [sentence, translated] of Object.entries(words)) {
      assert.deepEqual(values(translated), values(sentence), sentence)
    }
  })
}
