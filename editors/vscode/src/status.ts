// The status bar: model, device, whether the server is busy, and how long the last completion took.
import * as path from 'node:path'
import * as vscode from 'vscode'
import type { Server } from './server'
import { isOff } from './settings'

// Completions are done in less; a symbol that turned at each keystroke would only distract.
const busyAfterMs = 400

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'lemma.status',
    vscode.StatusBarAlignment.Right,
    100,
  )
  private busyTimer: NodeJS.Timeout | undefined
  private showsBusy = false

  constructor(private readonly server: Server) {
    this.item.name = 'lemma'
    this.item.command = 'lemma.menu'
    this.update()
    this.item.show()
  }

  update(): void {
    const status = this.server.status
    clearTimeout(this.busyTimer)
    if (!status?.busy) {
      this.showsBusy = false
    } else if (!this.showsBusy) {
      this.busyTimer = setTimeout(() => {
        this.showsBusy = true
        this.draw()
      }, busyAfterMs)
    }
    this.draw()
  }

  dispose(): void {
    clearTimeout(this.busyTimer)
    this.item.dispose()
  }

  private draw(): void {
    const { status, problem } = this.server
    const failed = problem ?? (status?.state === 'failed' ? status.message : undefined)
    this.item.backgroundColor = failed
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined
    this.item.text = failed ? '$(warning) lemma' : this.text()
    this.item.tooltip = failed ?? this.tooltip()
  }

  private text(): string {
    const status = this.server.status
    if (isOff(vscode.window.activeTextEditor?.document.languageId)) return '$(circle-slash) lemma'
    if (!status || status.state === 'loading') return '$(loading~spin) lemma'
    if (this.showsBusy) return '$(sync~spin) lemma'
    const verdict = this.verdict()
    if (verdict) return `lemma ${verdict}`
    return status.lastMs === undefined ? 'lemma' : `lemma ${Math.round(status.lastMs)} ms`
  }

  // While the suggestion that was tried is the one for the text that is there.
  private verdict(): string | undefined {
    const document = vscode.window.activeTextEditor?.document
    const verdict = this.server.verdict
    if (!verdict || document?.version !== verdict.version) return undefined
    if (document.uri.toString() !== vscode.Uri.parse(verdict.uri).toString()) return undefined
    const icon = verdict.passed === verdict.tests ? 'check' : 'x'
    return `$(${icon}) ${verdict.passed}/${verdict.tests}`
  }

  private tooltip(): vscode.MarkdownString | string {
    const { t } = vscode.l10n
    const status = this.server.status
    if (!status) return t('The server of lemma is starting')
    const states = { loading: t('loading'), ready: t('ready'), failed: t('failed') }
    const rows: [string, string][] = [
      [t('Model'), path.basename(status.model)],
      [t('Device'), status.device || status.backend],
      [t('State'), status.busy ? t('busy') : states[status.state]],
      [t('Last completion'), status.lastMs ? `${status.lastMs.toFixed(0)} ms` : t('none yet')],
      [t('Memory'), `${(status.memoryBytes / 2 ** 20).toFixed(0)} MiB`],
      [t('Version'), status.version],
    ]
    const text = new vscode.MarkdownString('**lemma**\n\n| | |\n|---|---|\n')
    for (const [name, value] of rows) {
      text.appendMarkdown(`| ${name} | `).appendText(value).appendMarkdown(' |\n')
    }
    return text
  }
}
