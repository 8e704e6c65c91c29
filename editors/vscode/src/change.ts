// A change by instruction, or to document code: what a model has made of a part of a document is
// shown as a diff until it is taken or discarded, or until the document changes.
import * as path from 'node:path'
import * as vscode from 'vscode'
import { lines } from './ask'
import type { ChangeReport } from './protocol'
import type { Server } from './server'

const { t } = vscode.l10n

const scheme = 'lemma-change'
const mostTitleCharacters = 60

interface Shown {
  document: vscode.TextDocument
  range: vscode.Range
  newText: string
  uri: string // of what the document would be
  text: string
}

function nameOf(document: vscode.TextDocument): string {
  return path.basename(document.uri.path)
}

// What the instruction will be about, as the server sees it.
function placeOf({ document, selection }: vscode.TextEditor): string {
  const name = nameOf(document)
  if (selection.isEmpty) return t('{name}, at the cursor', { name })
  const { start, end } = selection
  const endsBefore = end.character === 0 && end.line > start.line
  return lines(name, start.line, endsBefore ? end.line - 1 : end.line)
}

function columnOf(document: vscode.TextDocument): vscode.ViewColumn | undefined {
  const { activeTabGroup, all } = vscode.window.tabGroups
  const isOf = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputText && input.uri.toString() === document.uri.toString()
  return [activeTabGroup, ...all].find(({ tabs }) => tabs.some(isOf))?.viewColumn
}

// Of a tab that is one of ours.
function changeIn(tab: vscode.Tab | undefined): string | undefined {
  if (!(tab?.input instanceof vscode.TabInputTextDiff)) return undefined
  const { modified } = tab.input
  return modified.scheme === scheme ? modified.toString() : undefined
}

export class ChangeView implements vscode.Disposable {
  private shown: Shown | undefined
  private count = 0
  private readonly listeners: vscode.Disposable

  constructor(private readonly server: Server) {
    this.listeners = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: () => this.shown?.text, // nothing else is asked for
      }),
      server.onChangeReport((report) => void this.receive(report)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length) this.lapse(document)
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.lapse(document)),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => this.onTabs(closed)),
      vscode.window.tabGroups.onDidChangeTabGroups(() => this.onTabs([])),
    )
    void this.closeTabs() // of this window before it was loaded anew
  }

  async ask(): Promise<void> {
    const editor = vscode.window.activeTextEditor
    if (!editor) return
    const { document, selection } = editor
    const instruction = await vscode.window.showInputBox({
      title: placeOf(editor),
      prompt: t('What is to be changed, or written?'),
      ignoreFocusOut: true, // who looks something up has not given up
    })
    if (!instruction?.trim()) return
    await this.server.execute('lemma.change', document.uri, instruction, selection)
  }

  async document(): Promise<void> {
    const editor = vscode.window.activeTextEditor
    if (!editor) return
    await this.server.execute('lemma.document', editor.document.uri, editor.selection)
  }

  async take(): Promise<void> {
    const change = this.release()
    if (!change) return
    const { document, range, newText } = change
    const edit = new vscode.WorkspaceEdit()
    edit.replace(document.uri, range, newText)
    if (!(await vscode.workspace.applyEdit(edit))) this.tellOfLapse(document)
    if (document.uri.scheme !== 'vscode-notebook-cell') {
      const selection = new vscode.Range(range.start, range.start)
      const look = { selection, viewColumn: columnOf(document), preview: false }
      await vscode.window.showTextDocument(document, look)
    }
    await this.closeTabs()
  }

  async discard(): Promise<void> {
    if (this.release()) await this.closeTabs('moves')
  }

  dispose(): void {
    this.listeners.dispose()
  }

  private async receive(report: ChangeReport): Promise<void> {
    const name = vscode.Uri.parse(report.uri).toString()
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === name)
    if (!document) return
    if (document.version !== report.version) return this.tellOfLapse(document)
    const change = this.keep(document, report)
    await this.showDiff(change, report.evidence[0])
    if (this.shown === change) await this.tell(change, report)
  }

  private keep(document: vscode.TextDocument, report: ChangeReport): Shown {
    this.release()
    const { newText } = report
    const { start, end } = report.range
    const range = new vscode.Range(start.line, start.character, end.line, end.character)
    const [before, behind] = [document.offsetAt(range.start), document.offsetAt(range.end)]
    const text = document.getText()
    this.shown = {
      document,
      range,
      newText,
      // Its ending tells the language; each one has a name of its own, since texts are kept by it.
      uri: document.uri.with({ scheme, query: `${++this.count}`, fragment: '' }).toString(),
      text: text.slice(0, before) + newText + text.slice(behind),
    }
    return this.shown
  }

  private async showDiff({ document, uri }: Shown, evidence = ''): Promise<void> {
    const changed = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri))
    if (changed.languageId !== document.languageId) {
      await vscode.languages.setTextDocumentLanguage(changed, document.languageId)
    }
    const { activeTabGroup } = vscode.window.tabGroups
    const viewColumn = columnOf(document) ?? activeTabGroup.viewColumn
    // Who writes beside it goes on there. A preview would take the place of the document's own tab.
    const preserveFocus = viewColumn !== activeTabGroup.viewColumn
    const look = { viewColumn, preserveFocus, preview: false }
    const title = `${nameOf(document)}: ${evidence}`
    const isLong = title.length > mostTitleCharacters
    const shown = isLong ? `${title.slice(0, mostTitleCharacters - 1)}…` : title
    await vscode.commands.executeCommand('vscode.diff', document.uri, changed.uri, shown, look)
    await this.closeTabs() // an older one, or this one where it has lapsed meanwhile
  }

  private async tell(change: Shown, { seen, evidence }: ChangeReport): Promise<void> {
    const text = `${nameOf(change.document)}: ${evidence.join(t('; '))}`
    const { showInformationMessage, showWarningMessage } = vscode.window
    const show = seen === 'breaks' ? showWarningMessage : showInformationMessage
    const [take, discard] = [t('Take'), t('Discard')]
    const chosen = await show(text, take, discard)
    if (this.shown !== change) return
    if (chosen === take) await this.take()
    if (chosen === discard) await this.discard()
  }

  // The message goes with the change; VS Code has no other way to withdraw one.
  private release(): Shown | undefined {
    const change = this.shown
    this.shown = undefined
    if (change) void vscode.commands.executeCommand('notifications.hideToasts')
    return change
  }

  private lapse(document: vscode.TextDocument): void {
    if (document !== this.shown?.document) return
    this.release()
    this.tellOfLapse(document)
    void this.closeTabs()
  }

  private tellOfLapse(document: vscode.TextDocument): void {
    const name = nameOf(document)
    const text = t('{name} has changed meanwhile: the change that was asked for is void.', { name })
    void vscode.window.showInformationMessage(text)
  }

  // All of ours but the one that is shown. A focus that stays may be left without an editor.
  private async closeTabs(focus: 'stays' | 'moves' = 'stays'): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs)
    const old = tabs.filter((tab) => changeIn(tab) && changeIn(tab) !== this.shown?.uri)
    if (old.length) await vscode.window.tabGroups.close(old, focus === 'stays')
  }

  private onTabs(closed: readonly vscode.Tab[]): void {
    const { all, activeTabGroup } = vscode.window.tabGroups
    const isShown = (tab: vscode.Tab) => changeIn(tab) === this.shown?.uri
    if (this.shown && closed.some(isShown) && !all.some(({ tabs }) => tabs.some(isShown))) {
      this.release() // who closes it discards it
    }
    const isActive = !!changeIn(activeTabGroup.activeTab)
    void vscode.commands.executeCommand('setContext', 'lemma.changeShown', isActive)
  }
}
