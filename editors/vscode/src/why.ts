// The panel "Why this suggestion": what the last completions were made of, and what was seen of the
// last fix. A page without scripts that loads nothing, in the theme's colours.
import * as path from 'node:path'
import * as vscode from 'vscode'
import type { Evidence, Explanation, Why } from './protocol'
import type { Server } from './server'

const style = `
  body { color: var(--vscode-foreground); font: var(--vscode-font-size) var(--vscode-font-family); }
  pre { background: var(--vscode-textCodeBlock-background); padding: 0.6em; overflow-x: auto;
        font: var(--vscode-editor-font-size) var(--vscode-editor-font-family); }
  table { border-collapse: collapse; width: 100%; }
  td, th { text-align: left; padding: 0.2em 1em 0.2em 0; vertical-align: top; font-weight: normal; }
  th, .dim { color: var(--vscode-descriptionForeground); }
  td.number { text-align: right; font-variant-numeric: tabular-nums; }
  tr { border-top: 1px solid var(--vscode-panel-border); }
  th:last-child { width: 15%; }
  td:nth-child(3), td:first-child { white-space: nowrap; }
  meter { width: 100%; height: 0.6em; }
  meter::-webkit-meter-bar { background: var(--vscode-textCodeBlock-background); border: 0; }
  meter::-webkit-meter-optimum-value { background: var(--vscode-progressBar-background); }
  h2 { font-size: 1.1em; font-weight: 600; margin: 1.4em 0 0.4em; }
  summary { cursor: pointer; padding: 0.2em 0; }
`

function escape(text: string): string {
  const names: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }
  return text.replace(/[&<>"]/g, (character) => `&${names[character]};`)
}

function place(answer: Explanation): string {
  const uri = vscode.Uri.parse(answer.uri)
  return `${path.basename(uri.path)}, line ${answer.position.line + 1}`
}

function figures(answer: Explanation): string {
  const parts: string[] = []
  if (answer.probability !== undefined) {
    const percent = Math.round(answer.probability * 100)
    const alone = answer.modelProbability
    const who = alone === undefined ? 'the model says' : 'model and memory say'
    const more = alone === undefined ? '' : `; the model alone, ${Math.round(alone * 100)} %`
    parts.push(`right with a probability of ${percent} %, ${who}${more}`)
  }
  const times = [answer.contextMs ?? 0, answer.prefillMs ?? 0, answer.decodeMs ?? 0]
  // Prepared ahead, or shown before and typed into, it had taken its time before it was asked for.
  const before = times.reduce((sum, ms) => sum + ms, 0) > answer.ms + 1
  parts.push(`${answer.ms.toFixed(0)} ms${before ? ': it was there before it was asked for' : ''}`)
  if (answer.prefillMs !== undefined && answer.decodeMs !== undefined) {
    const [context, reading, writing] = times.map((ms) => ms.toFixed(0))
    const whose = before ? 'before that' : 'of them'
    parts.push(
      `${context} ms ${whose} gathering context, ${reading} ms reading it, ${writing} ms writing`,
    )
  }
  if (answer.promptTokens !== undefined) {
    parts.push(
      `prompt of ${answer.promptTokens} tokens (${answer.cachedTokens ?? 0} kept from before), ` +
        `of ${answer.contextTokens} that the model can read`,
    )
    parts.push(`${answer.generatedTokens} tokens generated`)
  }
  if (answer.adapter !== undefined) parts.push(`with the adapter ${answer.adapter}`)
  return escape(parts.join(' · '))
}

function sources(answer: Explanation): string {
  if (!answer.sources?.length) return ''
  const most = Math.max(...answer.sources.map((source) => source.tokens), 1)
  const rows = answer.sources.map(
    ({ what, why, tokens }) => `<tr><td>${escape(what)}</td><td class="dim">${escape(why)}</td>
      <td class="number">${tokens}</td>
      <td><meter value="${tokens}" max="${most}"></meter></td></tr>`,
  )
  return `<h2>What the model was shown</h2><table>
    <tr><th>Text</th><th>Why</th><th>Tokens</th><th></th></tr>${rows.join('')}</table>`
}

function experts(answer: Explanation): string {
  if (!answer.experts?.length) return ''
  const rows = answer.experts.map(
    ({ token, layers }) => `<tr><td><code>${escape(JSON.stringify(token).slice(1, -1))}</code></td>
      <td>${layers.map((chosen) => chosen.join(',')).join(' ')}</td></tr>`,
  )
  return `<details><summary>Experts of each token, layer by layer</summary>
    <table>${rows.join('')}</table></details>`
}

function body(answer: Explanation): string {
  const what = answer.text
    ? `<pre>${escape(answer.text)}</pre>`
    : `<p>Nothing was shown: ${escape(answer.silence ?? '')}.</p>`
  return `${what}<p class="dim">${figures(answer)}</p>${sources(answer)}${experts(answer)}`
}

function fixes(fix: Evidence): string {
  const changes = fix.changes.map(({ title, diff, said, taken }) => {
    const items = said.map((sentence) => `<li>${escape(sentence)}</li>`)
    return `<p>Fix: ${escape(title)} (${taken ? 'taken' : 'offered'})</p>
      <pre>${escape(diff)}</pre><ul>${items.join('')}</ul>`
  })
  return `<h2>${escape(fix.name)}: ${escape(fix.failure)}</h2>${changes.join('')}`
}

function completions(why: Why): string {
  if (!why.answers.length) return ''
  const [latest, ...earlier] = why.answers
  const older = earlier.map((answer) => {
    const text = answer.text?.trim().split('\n')[0] ?? `nothing: ${answer.silence}`
    return `<details><summary>${escape(place(answer))}: <code>${escape(text)}</code></summary>
      ${body(answer)}</details>`
  })
  return (
    `<h2>${escape(place(latest))}</h2>${body(latest)}` +
    (older.length ? `<h2>Before that</h2>${older.join('')}` : '')
  )
}

export function page(why: Why | undefined): string {
  const nonce = Array.from({ length: 4 }, () => Math.random().toString(36).slice(2)).join('')
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'`
  let content: string
  if (!why) {
    content = '<p>The server does not run. The log (command “lemma: Show the Log”) says why.</p>'
  } else if (!why.answers.length && !why.fix) {
    content = '<p>Nothing has been completed yet, and nothing mended. Type a little.</p>'
  } else {
    const parts = [completions(why), why.fix ? fixes(why.fix) : '']
    if (why.fix?.latest) parts.reverse()
    content =
      parts.join('') +
      `<p class="dim">${escape(path.basename(why.model))}. All of this stays on this machine.</p>`
  }
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <style nonce="${nonce}">${style}</style></head><body>${content}</body></html>`
}

export class WhyPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined

  constructor(private readonly server: Server) {}

  async show(): Promise<void> {
    if (!this.panel) {
      this.panel = vscode.window.createWebviewPanel(
        'lemma.why',
        'Why this suggestion',
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
        { enableScripts: false, localResourceRoots: [] },
      )
      this.panel.onDidDispose(() => (this.panel = undefined))
      this.panel.onDidChangeViewState(() => void this.update())
    } else {
      this.panel.reveal(undefined, true)
    }
    await this.update()
  }

  async update(): Promise<void> {
    if (!this.panel?.visible) return
    const html = page(await this.server.why().catch(() => undefined))
    if (this.panel) this.panel.webview.html = html
  }

  dispose(): void {
    this.panel?.dispose()
  }
}
