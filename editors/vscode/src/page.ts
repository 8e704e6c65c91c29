// Pages of panels: they load nothing and may contact nobody.
import * as vscode from 'vscode'

// Text as it stands in a page's elements and attributes.
export function escape(text: string): string {
  const names: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }
  return text.replace(/[&<>"]/g, (character) => `&${names[character]};`)
}

// A page in the theme's colours; `body` is HTML, and `script` runs in it where there is one.
export function htmlPage(style: string, body: string, script = ''): string {
  const nonce = Array.from({ length: 4 }, () => Math.random().toString(36).slice(2)).join('')
  const scripts = script && `; script-src 'nonce-${nonce}'`
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'${scripts}`
  return `<!doctype html><html lang="${escape(vscode.env.language)}"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <style nonce="${nonce}">${style}</style></head><body>${body}
    ${script && `<script nonce="${nonce}">${script}</script>`}</body></html>`
}
