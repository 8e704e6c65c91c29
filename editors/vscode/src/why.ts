// The panel "Why this suggestion": what the last completions were made of, and what was seen of the
// last fix. A page without scripts.
import * as path from 'node:path'
import * as vscode from 'vscode'
import { escape, htmlPage } from './page'
import type { Evidence, Explanation, Why } from './protocol'
import type { Server } from './server'

const { t } = vscode.l10n

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

function place(answer: Explanation): string {
  const uri = vscode.Uri.parse(answer.uri)
  const values = { name: path.basename(uri.path), first: answer.position.line + 1 }
  return t('{name}, line {first}', values)
}

function figures(answer: Explanation): string {
  const parts: string[] = []
  if (answer.probability !== undefined) {
    const percent = Math.round(answer.probability * 100)
    const alone = Math.round((answer.modelProbability ?? 0) * 100)
    const values = { percent, alone }
    parts.push(
      answer.modelProbability === undefined
        ? t('right with a probability of {percent} %, the model says', values)
        : t(
            'right with a probability of {percent} %, model and memory say; ' +
              'the model alone, {alone} %',
            values,
          ),
    )
  }
  const times = [answer.contextMs ?? 0, answer.prefillMs ?? 0, answer.decodeMs ?? 0]
  // Prepared ahead, or shown before and typed into, it had taken its time before it was asked for.
  const before = times.reduce((sum, ms) => sum + ms, 0) > answer.ms + 1
  const ms = answer.ms.toFixed(0)
  parts.push(before ? t('{ms} ms: it was there before it was asked for', { ms }) : `${ms} ms`)
  if (answer.prefillMs !== undefined && answer.decodeMs !== undefined) {
    const [context, reading, writing] = times.map((time) => time.toFixed(0))
    const values = { context, reading, writing }
    parts.push(
      before
        ? t(
            '{context} ms before that gathering context, {reading} ms reading it, ' +
              '{writing} ms writing',
            values,
          )
        : t(
            '{context} ms of them gathering context, {reading} ms reading it, ' +
              '{writing} ms writing',
            values,
          ),
    )
  }
  if (answer.promptTokens !== undefined) {
    const values = {
      prompt: answer.promptTokens,
      cached: answer.cachedTokens ?? 0,
      most: answer.contextTokens ?? 0,
    }
    parts.push(
      t(
        'prompt of {prompt} tokens ({cached} kept from before), of {most} that the model can read',
        values,
      ),
    )
    parts.push(t('{0} tokens generated', answer.generatedTokens ?? 0))
  }
  if (answer.adapter !== undefined) parts.push(t('with the adapter {0}', answer.adapter))
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
  const heads = [t('Text'), t('Why'), t('Tokens'), ''].map((head) => `<th>${escape(head)}</th>`)
  return `<h2>${escape(t('What the model was shown'))}</h2><table>
    <tr>${heads.join('')}</tr>${rows.join('')}</table>`
}

function experts(answer: Explanation): string {
  if (!answer.experts?.length) return ''
  const rows = answer.experts.map(
    ({ token, layers }) => `<tr><td><code>${escape(JSON.stringify(token).slice(1, -1))}</code></td>
      <td>${layers.map((chosen) => chosen.join(',')).join(' ')}</td></tr>`,
  )
  return `<details><summary>${escape(t('Experts of each token, layer by layer'))}</summary>
    <table>${rows.join('')}</table></details>`
}

// What else could be gone through there.
function others(answer: Explanation): string {
  if (!answer.others?.length) return ''
  const rows = answer.others.map(({ text, probability }) => {
    const percent = probability === undefined ? '' : `${Math.round(probability * 100)} %`
    return `<tr><td class="number">${percent}</td>
      <td><code>${escape(text.trim().split('\n')[0])}</code></td></tr>`
  })
  return `<h2>${escape(t('Offered in its place'))}</h2><table>${rows.join('')}</table>`
}

function body(answer: Explanation): string {
  const what = answer.text
    ? `<pre>${escape(answer.text)}</pre>`
    : `<p>${escape(t('Nothing was shown: {0}.', answer.silence ?? ''))}</p>`
  const parts = [others(answer), sources(answer), experts(answer)]
  return `${what}<p class="dim">${figures(answer)}</p>${parts.join('')}`
}

function fixes(fix: Evidence): string {
  const changes = fix.changes.map(({ title, diff, said, taken }) => {
    const items = said.map((sentence) => `<li>${escape(sentence)}</li>`)
    const what = taken ? t('Fix: {0} (taken)', title) : t('Fix: {0} (offered)', title)
    return `<p>${escape(what)}</p>
      <pre>${escape(diff)}</pre><ul>${items.join('')}</ul>`
  })
  return `<h2>${escape(fix.name)}: ${escape(fix.failure)}</h2>${changes.join('')}`
}

function completions(why: Why): string {
  if (!why.answers.length) return ''
  const [latest, ...earlier] = why.answers
  const older = earlier.map((answer) => {
    const text = answer.text?.trim().split('\n')[0] ?? t('nothing: {0}', answer.silence ?? '')
    return `<details><summary>${escape(place(answer))}: <code>${escape(text)}</code></summary>
      ${body(answer)}</details>`
  })
  return (
    `<h2>${escape(place(latest))}</h2>${body(latest)}` +
    (older.length ? `<h2>${escape(t('Before that'))}</h2>${older.join('')}` : '')
  )
}

function content(why: Why | undefined): string {
  const alone = (text: string) => `<p>${escape(text)}</p>`
  if (!why) {
    const text = t('The server does not run. The log (command “lemma: Show the Log”) says why.')
    return alone(text)
  }
  if (!why.answers.length && !why.fix) {
    return alone(t('Nothing has been completed yet, and nothing mended. Type a little.'))
  }
  const parts = [completions(why), why.fix ? fixes(why.fix) : '']
  if (why.fix?.latest) parts.reverse()
  const where = t('{0}. All of this stays on this machine.', path.basename(why.model))
  return `${parts.join('')}<p class="dim">${escape(where)}</p>`
}

export class WhyPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined

  constructor(private readonly server: Server) {}

  async show(): Promise<void> {
    if (!this.panel) {
      this.panel = vscode.window.createWebviewPanel(
        'lemma.why',
        t('Why this suggestion'),
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
    const html = htmlPage(style, content(await this.server.why().catch(() => undefined)))
    if (this.panel) this.panel.webview.html = html
  }

  dispose(): void {
    this.panel?.dispose()
  }
}
