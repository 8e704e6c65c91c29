// Drives a real VS Code, served by code-server to a real Chromium, with real keys.
//
// What a test sees is the page: ghost text is read from the spans that VS Code draws it in.
//
// The menu of words opens by itself in C++ alone. Whether it or ghost text comes first is a matter
// of chance, and beside the menu there is ghost text only where the model knows what follows the
// selected item; a test that asks for neither would pass or fail by how busy the machine is.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import * as net from 'node:net'
import * as os from 'node:os'
import * as path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const here = path.dirname(fileURLToPath(import.meta.url))
const entry = path.join(here, 'node_modules/code-server/out/node/entry.js')

export async function until(condition, what, timeoutMs = 30_000) {
  const end = Date.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value) return value
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

// A port that nobody listens on.
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

function newBrowser() {
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
    '--disable-background-networking', '--disable-component-update', '--no-sandbox']
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: quiet })
}

// One VS Code with the extension, in a home of its own.
export class Editor {
  // `extension`: the unpacked .vsix; `settings`: of the user, `machine` of the machine; `trust`:
  // whether folders are trusted without asking; `config`: of lemma's config.toml; `language`: of VS
  // Code, whose own words stay English all the same.
  static async start({
    extension, settings = {}, machine = {}, trust = true, config = '', language = undefined,
  }) {
    const editor = new Editor()
    editor.config = config
    editor.home = fs.mkdtempSync(path.join(os.tmpdir(), 'lemma-vscode-'))
    const data = path.join(editor.home, 'data')
    editor.write('data/User/settings.json', JSON.stringify({
      'editor.fontSize': 14,
      'editor.minimap.enabled': false,
      'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
      'editor.suggestOnTriggerCharacters': false,
      '[cpp]': { 'editor.quickSuggestions': { other: 'on', comments: 'off', strings: 'off' } },
      'extensions.ignoreRecommendations': true,
      'security.workspace.trust.enabled': !trust,
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
      'telemetry.telemetryLevel': 'off',
      'window.restoreWindows': 'none',
      'workbench.startupEditor': 'none',
      'workbench.colorTheme': 'Default Dark Modern',
      ...settings,
    }))
    editor.write('data/User/keybindings.json', JSON.stringify(
      [{ key: 'ctrl+alt+f9', command: 'lemma.restart' }]))
    editor.write('data/Machine/settings.json', JSON.stringify(machine))
    fs.mkdirSync(path.join(editor.home, 'extensions'))
    fs.cpSync(extension, path.join(editor.home, 'extensions/lemma.lemma-0.1.0'), { recursive: true })
    editor.write('config.yaml', '')
    if (language) editor.speak(language)
    editor.port = await freePort()
    editor.startServer(data, trust)
    await until(() => editor.healthy(), 'code-server to answer', 60_000)
    editor.browser = await newBrowser()
    return editor
  }

  // What a language pack leaves behind when it is installed; this one translates nothing.
  speak(language) {
    const vscode = this.write('pack.json', JSON.stringify({ version: '1.0.0', contents: {} }))
    const extensions = [{ extensionIdentifier: { id: 'nobody.pack' }, version: '1.0.0' }]
    this.write('data/languagepacks.json', JSON.stringify(
      { [language]: { hash: 'none', label: language, extensions, translations: { vscode } } }))
    this.write('data/User/argv.json', JSON.stringify({ locale: language }))
  }

  startServer(data, trust) {
    // VS Code leaves sockets in its temporary folder.
    const temporary = path.join(this.home, 'tmp')
    fs.mkdirSync(temporary, { recursive: true })
    const environment = { ...process.env, HOME: this.home, TMPDIR: temporary }
    for (const name of Object.keys(environment)) {
      if (/^(VSCODE_|XDG_|LEMMA_)/.test(name)) delete environment[name]
    }
    // lemma's daemon shall not outlive the test.
    this.write('.config/lemma/config.toml', `[daemon]\nleave_after_s = 1\n${this.config}`)
    const options = ['--bind-addr', `127.0.0.1:${this.port}`, '--auth', 'none',
      '--user-data-dir', data, '--extensions-dir', path.join(this.home, 'extensions'),
      '--config', path.join(this.home, 'config.yaml'), '--disable-telemetry',
      '--disable-update-check', '--disable-getting-started-override']
    if (trust) options.push('--disable-workspace-trust')
    const log = fs.openSync(path.join(this.home, 'code-server.log'), 'w')
    // A process group of its own, so that all of it can be ended.
    this.server = spawn(process.execPath, [entry, ...options],
      { env: environment, stdio: ['ignore', log, log], detached: true })
  }

  async healthy() {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/healthz`)).ok
    } catch {
      return false
    }
  }

  async stop() {
    await this.browser?.close()
    try {
      process.kill(-this.server.pid, 'SIGKILL')
    } catch {
      // ended by itself
    }
    await until(() => this.server.exitCode !== null || this.server.signalCode, 'its end')
    await until(() => this.daemons().length === 0, 'the daemon to leave')
    fs.rmSync(this.home, { recursive: true, force: true, maxRetries: 5 })
  }

  // A file below the home; its absolute path.
  write(name, text) {
    const file = path.join(this.home, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text)
    return file
  }

  // A window on a folder or a .code-workspace file, with files open; replaces the last window.
  // Returns when the server of lemma has loaded its model.
  async open(folder, ...files) {
    this.folder = folder
    await this.page?.close()
    this.page = await this.browser.newPage({ viewport: { width: 1000, height: 640 } })
    const payload = files.map((file) => ['openFile', `vscode-remote://127.0.0.1:${this.port}${file}`])
    const kind = folder.endsWith('.code-workspace') ? 'workspace' : 'folder'
    await this.page.goto(`http://127.0.0.1:${this.port}/?${kind}=${folder}` +
      `&payload=${encodeURIComponent(JSON.stringify(payload))}`)
    await this.page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 60_000 })
    if (files.length) await this.page.waitForSelector('.editor-instance .view-line')
  }

  async ready() {
    await this.until(async () => /lemma/.test(await this.status()), 'the status bar item', 60_000)
    await this.until(async () => !/loading|warning|slash/.test(await this.statusIcons()),
      'the model to be loaded', 60_000)
  }

  async status() {
    return plain(await this.page.locator('.statusbar-item[id="lemma.lemma.lemma.status"]')
      .allInnerTexts())
  }

  async statusIcons() {
    const icons = this.page.locator('.statusbar-item[id="lemma.lemma.lemma.status"] .codicon')
    const classes = await icons.evaluateAll((all) => all.map((icon) => icon.className))
    return classes.join(' ')
  }

  // Opens a file in the window, as a user would by its name.
  async openFile(file) {
    await this.keys('Control+p')
    await this.page.waitForSelector('.quick-input-widget .quick-input-box input:focus')
    await this.type(file, 0)
    const row = this.page.locator('.quick-input-list .monaco-list-row').first()
    const name = path.basename(file)
    await this.until(async () => plain([await row.innerText({ timeout: 1000 }).catch(() => '')])
      .startsWith(name), `${name} in the list`)
    await this.keys('Enter')
    await this.page.waitForSelector(`.tab.active[data-resource-name="${name}"]`)
  }

  // The same for a text, and the cursor goes to the end of a line, from 1, or of the text.
  async edit(file, line = undefined) {
    await this.openFile(file)
    await this.page.waitForSelector('.editor-instance .monaco-editor.focused .view-line')
    if (line === undefined) return this.keys('Control+End')
    await this.keys('Control+g')
    await this.page.waitForSelector('.quick-input-widget .quick-input-box input:focus')
    await this.type(`${line}`, 0)
    await this.keys('Enter')
    await this.page.waitForSelector('.quick-input-widget', { state: 'hidden' })
    return this.keys('End')
  }

  keys(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)),
      Promise.resolve())
  }

  type(text, delay = 30) {
    return this.page.keyboard.type(text, { delay })
  }

  // By name in the command palette.
  async command(name) {
    await this.choose(name)
    await this.page.waitForSelector('.quick-input-widget', { state: 'hidden' })
  }

  // The same for a command that asks for something itself.
  async choose(name) {
    await this.keys('F1')
    await this.page.waitForSelector('.quick-input-widget .quick-input-box input:focus')
    await this.type(name, 0)
    const row = this.page.locator('.quick-input-list .monaco-list-row').first()
    await this.until(async () => plain([await row.innerText({ timeout: 1000 }).catch(() => '')])
      .includes(name.split(': ').pop()), `the command ${name}`)
    await this.keys('Enter')
  }

  // The text of the panels, whichever frames of the page it is in.
  async panels() {
    const bodies = this.page.frames().slice(1)
      .map((frame) => frame.locator('body').innerText({ timeout: 1000 }).catch(() => ''))
    return (await Promise.all(bodies)).join('\n')
  }

  // What is drawn as ghost text: on the cursor's line, and on the lines below it.
  async ghost() {
    const inline = await this.page.locator('.view-lines [class*="ghost-text-decoration"]')
      .allInnerTexts()
    const below = await this.page.locator('.suggest-preview-text .view-line, .ghost-text .view-line')
      .allInnerTexts()
    const first = plain(inline, '')
    return [first, ...below.map((line) => plain([line]))].join('\n').trimEnd()
  }

  // The page may still show what an earlier key was answered, so a test says what it waits for.
  waitForGhost(pattern = /\S/, what = 'ghost text', timeoutMs = undefined) {
    return this.until(async () => {
      const shown = await this.ghost()
      return pattern.test(shown) && shown
    }, `${what} like ${pattern}`, timeoutMs)
  }

  // Types one character, again and again until there is ghost text: VS Code does not repeat what it
  // asked of a server that was not ready.
  typeUntilGhost(character, pattern, what) {
    return this.until(async () => {
      await this.type(character)
      const found = await this.waitForGhost(pattern, what, 2_000).catch(() => '')
      if (!found) await this.keys('Backspace')
      return found
    }, `${what} like ${pattern}`)
  }

  // The lines of the focused editor that are on the screen, ghost text left out.
  lines() {
    return this.page.evaluate(() => {
      const lines = [...document.querySelectorAll('.editor-instance .view-lines .view-line')]
      lines.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
      return lines.map((line) => {
        const copy = line.cloneNode(true)
        for (const ghost of copy.querySelectorAll('[class*="ghost-text"]')) ghost.remove()
        return copy.textContent.replaceAll('\u00a0', ' ').replaceAll('\u200c', '')
      })
    })
  }

  async waitForLine(text) {
    await this.until(async () => (await this.lines()).includes(text),
      `the line ${JSON.stringify(text)}`)
  }

  // What a webview shows. While VS Code loads its next content, that waits in a frame beside it.
  panel() {
    return this.page.frameLocator('iframe.webview').frameLocator('#active-frame')
  }

  // Waits for a condition; says what is on the page where that is in vain.
  until(condition, what, timeoutMs = undefined) {
    return until(condition, what, timeoutMs).catch(async (error) => {
      assert.fail(`${error.message}; there are\n${await this.screen()}`)
    })
  }

  async screen() {
    const menu = await this.page.locator('.suggest-widget.visible .monaco-list-row').allInnerTexts()
    const messages = await this.page.locator('.notification-toast').allInnerTexts()
    return [...await this.lines(), `ghost text: ${JSON.stringify(await this.ghost())}`,
      `menu: ${JSON.stringify(menu)}`, `messages: ${JSON.stringify(messages)}`,
      `status bar: ${await this.status()} ${await this.statusIcons()}`].join('\n')
  }

  // The one process of a kind, once those of a window that was closed have gone.
  async only(kind) {
    let found
    await this.until(() => (found = this[kind]()).length === 1, `one of the ${kind} alone`)
    return found[0]
  }

  // What VS Code has started: one for each window, which hands messages on to the daemon.
  lemmas() {
    return this.processes(([program]) => program?.endsWith('/lemma-bridge'))
  }

  daemons() {
    return this.processes(([, subcommand]) => subcommand === 'daemon')
  }

  processes(are) {
    return processes().filter(({ command, environment }) =>
      are(command) && environment.includes(`HOME=${this.home}\0`))
  }

  screenshot(name) {
    if (!process.env.LEMMA_SCREENSHOTS) return undefined
    return this.page.screenshot({ path: path.join(process.env.LEMMA_SCREENSHOTS, name) })
  }
}

export function plain(texts, separator = ' ') {
  return texts.join(separator).replaceAll('\u00a0', ' ').replaceAll('\u200c', '')
}

// The running processes that this user may look into.
export function processes() {
  const found = []
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const read = (name) => fs.readFileSync(`/proc/${pid}/${name}`, 'utf8')
      found.push({
        pid: Number(pid),
        parent: Number(read('stat').replace(/^.*\) \S+ /, '').split(' ')[0]),
        command: read('cmdline').split('\0').slice(0, -1),
        environment: read('environ') + '\0',
      })
    } catch {
      // gone, or not ours
    }
  }
  return found
}
