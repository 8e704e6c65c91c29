// The panel "Ask": a conversation with the model of the machine's settings. Its page shows all text
// as text, and what is attached to a question.
import * as path from 'node:path'
import * as vscode from 'vscode'
import type { Asked, Ended, Piece, Question } from './protocol'
import { escape, htmlPage } from './page'
import type { Server } from './server'

const style = `
  body { color: var(--vscode-foreground); font: var(--vscode-font-size) var(--vscode-font-family);
         display: flex; flex-direction: column; height: 100vh; margin: 0; padding: 0 1em;
         box-sizing: border-box; }
  #log { flex: 1; overflow-y: auto; }
  .question { border-left: 3px solid var(--vscode-textLink-foreground); padding-left: 0.6em;
              margin: 1em 0 0.2em; white-space: pre-wrap; }
  .answer { white-space: pre-wrap; overflow-wrap: anywhere;
            font: var(--vscode-editor-font-size) var(--vscode-editor-font-family); }
  .dim, summary { color: var(--vscode-descriptionForeground); }
  .problem { color: var(--vscode-errorForeground); }
  details { white-space: pre-wrap; margin: 0.3em 0; }
  textarea { width: 100%; box-sizing: border-box; resize: vertical; font: inherit;
             color: var(--vscode-input-foreground); background: var(--vscode-input-background);
             border: 1px solid var(--vscode-input-border, transparent); }
  button { color: var(--vscode-button-foreground); background: var(--vscode-button-background);
           border: 0; padding: 0.4em 1em; margin: 0.4em 0.4em 0.8em 0; }
  button:disabled { opacity: 0.5; }
`

// Runs in the page. Text goes into text nodes alone; the page's own words are in its log's data.
const script = `
  const api = acquireVsCodeApi()
  const [log, field, send, stop, attach] =
    ['log', 'field', 'send', 'stop', 'attach'].map((id) => document.getElementById(id))
  let answer, thinking, thought
  const add = (kind, name, text) => {
    const made = document.createElement(kind)
    made.className = name
    made.textContent = text
    log.append(made)
    return made
  }
  const think = (text) => {
    if (!thinking) {
      thinking = add('details', '', '')
      thinking.open = true
      const summary = document.createElement('summary')
      summary.textContent = log.dataset.thinking
      thought = document.createElement('span')
      thinking.append(summary, thought)
    }
    thought.textContent += text
  }
  // A button for each fenced block of code, once the answer is whole.
  const fenced = /^[ \\t]*(\`{3,}|~{3,})[^\\n]*\\n([^]*?)\\n?^[ \\t]*\\1[\`~]*[ \\t]*$/gm
  const offer = (whole) => {
    if (whole.dataset.offered) return
    whole.dataset.offered = true
    for (const [, , code] of whole.textContent.matchAll(fenced)) {
      const button = add('button', 'insert', log.dataset.insert)
      button.title = code
      button.addEventListener('click', () => api.postMessage({ kind: 'insert', text: code }))
    }
  }
  const show = {
    context: ({ text }) => {
      attach.parentElement.hidden = !text
      attach.nextElementSibling.textContent = text
    },
    question: ({ text, attached }) => {
      add('div', 'question', text)
      if (attached) add('div', 'dim', attached)
      answer = thinking = undefined
      send.disabled = true
      stop.disabled = false
    },
    thought: ({ text }) => think(text),
    text: ({ text }) => {
      if (thinking) thinking.open = false
      answer ??= add('div', 'answer', '')
      answer.textContent += text
    },
    all_was_thought: () => {
      const text = answer?.textContent ?? ''
      answer?.remove()
      answer = undefined
      think(text)
    },
    end: ({ text }) => {
      if (thinking) thinking.open = false
      if (answer) offer(answer)
      if (text) add('div', 'problem', text)
      send.disabled = false
      stop.disabled = true
    },
  }
  addEventListener('message', ({ data }) => {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40
    show[data.kind]?.(data)
    if (atEnd) log.scrollTop = log.scrollHeight
  })
  const ask = () => {
    if (send.disabled || !field.value.trim()) return
    api.postMessage({ kind: 'ask', text: field.value, attach: attach.checked })
    field.value = ''
  }
  send.addEventListener('click', ask)
  // Also where nobody is left who would tell of the end.
  stop.addEventListener('click', () => {
    api.postMessage({ kind: 'stop' })
    show.end({})
  })
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    ask()
  })
  api.postMessage({ kind: 'ready' })
  field.focus()
`

function page(): string {
  const { t } = vscode.l10n
  const body = `<div id="log" aria-live="polite" data-thinking="${escape(t('thinking'))}"
      data-insert="${escape(t('Insert into the File'))}"></div>
    <label hidden class="dim"><input id="attach" type="checkbox" checked> <span></span></label>
    <textarea id="field" rows="3" aria-label="${escape(t('Question'))}"></textarea>
    <div><button id="send">${escape(t('Ask'))}</button>
    <button id="stop" disabled>${escape(t('Stop'))}</button></div>`
  return htmlPage(style, body, script)
}

// The code as deep as the line that it comes into.
export function indented(code: string, indent: string): string {
  const lines = code.split('\n')
  const depths = lines.filter((line) => line.trim()).map((line) => line.search(/\S/))
  const common = Math.min(...depths, Infinity)
  return lines.map((line) => (line.trim() ? indent + line.slice(common) : '')).join('\n')
}

// Lines from 0; `last` belongs to them.
export function lines(name: string, first: number, last: number): string {
  const values = { name, first: first + 1, last: last + 1 }
  return first === last
    ? vscode.l10n.t('{name}, line {first}', values)
    : vscode.l10n.t('{name}, lines {first} to {last}', values)
}

export class AskPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined
  private conversation = ''
  private count = 0
  // What would be attached: the last selection that was not empty.
  private chosen: vscode.Location | undefined
  // The document of the editor that had the focus last.
  private left: vscode.Uri | undefined
  // Asked once the page can show it.
  private next: Question | undefined
  private readonly listeners: vscode.Disposable

  constructor(private readonly server: Server) {
    this.listeners = vscode.Disposable.from(
      server.onPiece((piece) => this.on(piece)),
      server.onEnded((ended) => this.onEnd(ended)),
      vscode.window.onDidChangeTextEditorSelection(() => this.choose()),
      vscode.window.onDidChangeActiveTextEditor(() => this.choose()),
    )
  }

  show(): void {
    this.choose()
    if (this.panel) return this.panel.reveal()
    this.conversation = `vscode-${process.pid}-${++this.count}`
    this.panel = vscode.window.createWebviewPanel(
      'lemma.ask',
      vscode.l10n.t('Ask lemma'),
      vscode.ViewColumn.Beside,
      { enableScripts: true, localResourceRoots: [], retainContextWhenHidden: true },
    )
    const disposed = this.conversation
    this.panel.onDidDispose(() => {
      this.panel = undefined
      this.server.notify('lemma/stop', { conversation: disposed })
    })
    this.panel.webview.onDidReceiveMessage((message) => void this.receive(message))
    this.panel.webview.html = page()
  }

  // Opens the panel, and asks what the selected code does.
  async explain(): Promise<void> {
    const question: Question = { task: 'explain' }
    const opened = !this.panel
    this.show()
    if (opened) {
      this.next = question
    } else {
      await this.ask(question, this.chosen)
    }
  }

  dispose(): void {
    this.listeners.dispose()
    this.panel?.dispose()
  }

  private tell(kind: string, text: string, more: object = {}): void {
    void this.panel?.webview.postMessage({ kind, text, ...more })
  }

  // Where the panel has the focus there is no active editor: what was selected then still counts.
  private choose(): void {
    const editor = vscode.window.activeTextEditor
    if (editor) {
      const { document, selection } = editor
      this.left = document.uri
      this.chosen = selection.isEmpty ? undefined : new vscode.Location(document.uri, selection)
    }
    const { uri, range } = this.chosen ?? {}
    if (!uri || !range) return this.tell('context', '')
    const place = lines(path.basename(uri.path), range.start.line, range.end.line)
    this.tell('context', vscode.l10n.t('attach {0}', place))
  }

  private async receive(message: { kind: string; text: string; attach: boolean }): Promise<void> {
    if (message.kind === 'ready') {
      this.choose()
      const question = this.next
      this.next = undefined
      if (question) await this.ask(question, this.chosen)
      return
    }
    if (message.kind === 'insert') {
      await this.insert(message.text)
    } else if (message.kind === 'stop') {
      this.server.notify('lemma/stop', { conversation: this.conversation })
    } else if (message.kind === 'ask') {
      await this.ask({ text: message.text }, message.attach ? this.chosen : undefined)
    }
  }

  // In the place of what is selected in the editor that was left last, else at its cursor.
  private async insert(code: string): Promise<void> {
    const { t } = vscode.l10n
    const uri = this.left?.toString()
    const editor = vscode.window.visibleTextEditors.find((each) => `${each.document.uri}` === uri)
    if (!editor) {
      void vscode.window.showWarningMessage(`lemma: ${t('No file is shown to put the code into.')}`)
      return
    }
    const { start } = editor.selection
    const before = editor.document.lineAt(start.line).text.slice(0, start.character)
    const indent = /^\s*/.exec(editor.document.lineAt(start.line).text)?.[0] ?? ''
    const text = indented(code, indent)
    // What stands before it is the first line's indentation, or a part of it.
    const isIndentation = before.trim() === '' && indent.startsWith(before)
    const rest = isIndentation ? text.slice(before.length) : text.slice(indent.length)
    await editor.edit((edit) => edit.replace(editor.selection, rest))
    await vscode.window.showTextDocument(editor.document, editor.viewColumn)
  }

  private async ask(what: Question, chosen: vscode.Location | undefined): Promise<void> {
    try {
      const asked: Asked = await this.server.ask(this.conversation, what, chosen)
      const about = asked.attached
      const place = about && lines(about.name, about.firstLine, about.lastLine)
      const attached = place && vscode.l10n.t('attached: {0}', place)
      this.tell('question', asked.question, { attached })
    } catch (error) {
      this.tell('question', 'text' in what ? what.text : what.task)
      this.tell('end', error instanceof Error ? error.message : String(error))
    }
  }

  private on(piece: Piece): void {
    if (piece.conversation === this.conversation) this.tell(piece.kind, piece.text)
  }

  private onEnd(ended: Ended): void {
    if (ended.conversation === this.conversation) this.tell('end', ended.problem ?? '')
  }
}
