// Tells the server what can be seen: the lines in the editors, and what other tools report of them.
import * as vscode from 'vscode'
import type { Server } from './server'

const waitMs = 200
const mostReported = 50 // of a document

function position({ line, character }: vscode.Position) {
  return { line, character }
}

function range({ start, end }: vscode.Range) {
  return { start: position(start), end: position(end) }
}

// Diagnostics with positions in UTF-16; of these, the server uses the lines alone.
function reported(uri: vscode.Uri) {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source, severity }) => {
      return source !== 'lemma' && severity <= vscode.DiagnosticSeverity.Warning
    })
    .slice(0, mostReported)
    .map((each) => ({ range: range(each.range), message: each.message }))
}

function documents() {
  const byUri = new Map<string, { uri: string; visible: object[]; diagnostics: object[] }>()
  for (const { document, visibleRanges } of vscode.window.visibleTextEditors) {
    const uri = document.uri.toString()
    const known = byUri.get(uri) ?? { uri, visible: [], diagnostics: reported(document.uri) }
    known.visible.push(...visibleRanges.map(range))
    byUri.set(uri, known)
  }
  return [...byUri.values()]
}

export class View implements vscode.Disposable {
  private timer: NodeJS.Timeout | undefined
  private told = ''
  private readonly listeners: vscode.Disposable

  constructor(private readonly server: Server) {
    const changed = () => this.changed()
    this.listeners = vscode.Disposable.from(
      vscode.window.onDidChangeVisibleTextEditors(changed),
      vscode.window.onDidChangeTextEditorVisibleRanges(changed),
      vscode.languages.onDidChangeDiagnostics(changed),
      server.onStarted(() => {
        this.told = ''
        changed()
      }),
    )
  }

  dispose(): void {
    clearTimeout(this.timer)
    this.listeners.dispose()
  }

  private changed(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.tell(), waitMs)
  }

  private tell(): void {
    const now = { documents: documents() }
    const text = JSON.stringify(now)
    if (text === this.told) return
    if (this.server.notify('lemma/view', now)) this.told = text
  }
}
