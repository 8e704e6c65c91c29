// The extension: a thin client of `lemma lsp`. What other editors would need too is in the server.
import * as vscode from 'vscode'
import { AskPanel } from './ask'
import { ChangeView } from './change'
import { NextEditsView } from './next_edits'
import { Server } from './server'
import { isOff, startsAnew, toggle, toggleLanguage } from './settings'
import { StatusBar } from './status'
import { View } from './view'
import { WhyPanel } from './why'

const { t } = vscode.l10n

function activeLanguage(): string | undefined {
  return vscode.window.activeTextEditor?.document.languageId
}

function turn(): string {
  return isOff()
    ? `$(play) ${t('Turn completions on')}`
    : `$(circle-slash) ${t('Turn completions off')}`
}

function turnFor(language: string): string {
  return isOff(language)
    ? `$(play) ${t('Turn completions on for {language}', { language })}`
    : `$(circle-slash) ${t('Turn completions off for {language}', { language })}`
}

async function menu(server: Server): Promise<void> {
  const language = activeLanguage()
  const entries: (vscode.QuickPickItem & { command: string })[] = [
    { label: `$(question) ${t('Why this suggestion')}`, command: 'lemma.why' },
    { label: `$(debug-alt) ${t('Debug this file')}`, command: 'lemma.debugFile' },
    { label: `$(graph) ${t('What suggestions were worth')}`, command: 'lemma.stats' },
    { label: turn(), command: 'lemma.toggle' },
    { label: `$(debug-restart) ${t('Restart the server')}`, command: 'lemma.restart' },
    { label: `$(output) ${t('Show the log')}`, command: 'lemma.showLog' },
    { label: `$(book) ${t('Get started')}`, command: 'lemma.walkthrough' },
  ]
  if (language && !isOff()) {
    entries.splice(4, 0, { label: turnFor(language), command: 'lemma.toggleLanguage' })
  }
  if (server.status?.asks) {
    const label = `$(edit) ${t('Change the selection as you say')}`
    entries.unshift({ label, command: 'lemma.changeSelection' })
  }
  const chosen = await vscode.window.showQuickPick(entries, { title: 'lemma' })
  if (chosen) await vscode.commands.executeCommand(chosen.command)
}

// Says so where nothing may be run.
async function isTrusted(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true
  const manage = t('Manage Trust')
  const text = t('lemma runs nothing in a workspace that you do not trust.')
  const chosen = await vscode.window.showWarningMessage(text, manage)
  if (chosen) await vscode.commands.executeCommand('workbench.trust.manage')
  return false
}

// The formula at the cursor or in the selection; the answer comes as an edit or a message.
async function aboutSelection(server: Server, command: string): Promise<void> {
  const editor = vscode.window.activeTextEditor
  if (editor) await server.execute(command, editor.document.uri, editor.selection)
}

async function showValues(server: Server): Promise<void> {
  const document = vscode.window.activeTextEditor?.document
  if (document && (await isTrusted())) await server.execute('lemma.values', document.uri)
}

// The search runs in the server; what it finds comes as diagnostics, hovers and quick fixes.
async function debug(server: Server, what: 'file' | 'here' | 'hint'): Promise<void> {
  const before = vscode.window.activeTextEditor
  if (!before || !(await isTrusted())) return
  const { document } = before
  // Tests in other files are read from the disk. What had no name may have one behind this.
  if ((document.isDirty || document.isUntitled) && !(await document.save())) return
  const editor = document.isUntitled ? vscode.window.activeTextEditor : before
  if (!editor) return
  const range = what === 'here' ? editor.selection : undefined
  const command = what === 'hint' ? 'lemma.debugHint' : 'lemma.debug'
  await server.execute(command, editor.document.uri, range)
}

async function showStats(server: Server): Promise<void> {
  const detail = (await server.stats()) ?? t('The server is not running.')
  await vscode.window.showInformationMessage('lemma', { modal: true, detail })
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('lemma', { log: true })
  const server = new Server(context, log)
  const status = new StatusBar(server)
  const why = new WhyPanel(server)
  const ask = new AskPanel(server)
  const change = new ChangeView(server)
  const nextEdits = new NextEditsView(server)
  const register = vscode.commands.registerCommand
  context.subscriptions.push(
    log,
    server,
    status,
    why,
    ask,
    change,
    nextEdits,
    new View(server),
    register('lemma.why', () => why.show()),
    register('lemma.stats', () => showStats(server)),
    register('lemma.debugFile', () => debug(server, 'file')),
    register('lemma.debugHere', () => debug(server, 'here')),
    register('lemma.hintAboutFailure', () => debug(server, 'hint')),
    register('lemma.ask', () => ask.show()),
    register('lemma.explain', () => ask.explain()),
    register('lemma.changeSelection', () => change.ask()),
    register('lemma.documentSelection', () => change.document()),
    register('lemma.change.take', () => change.take()),
    register('lemma.change.discard', () => change.discard()),
    register('lemma.solveFormula', () => aboutSelection(server, 'lemma.solve')),
    register('lemma.hintFormula', () => aboutSelection(server, 'lemma.hint')),
    register('lemma.showValues', () => showValues(server)),
    register('lemma.nextEdit.take', () => nextEdits.take()),
    register('lemma.nextEdit.uncover', () => nextEdits.uncover()),
    register('lemma.nextEdit.dismiss', () => nextEdits.dismiss()),
    register('lemma.menu', () => menu(server)),
    register('lemma.toggle', toggle),
    register('lemma.toggleLanguage', async () => {
      const language = activeLanguage()
      if (language) await toggleLanguage(language)
    }),
    register('lemma.restart', () => server.restart()),
    register('lemma.showLog', () => log.show()),
    register('lemma.walkthrough', () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', 'lemma.lemma#start'),
    ),
    server.onChanged(() => {
      status.update()
      if (!server.status?.busy) void why.update()
      void vscode.commands.executeCommand('setContext', 'lemma.asks', !!server.status?.asks)
    }),
    // The server learns of it when it is told what the client can do.
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.restart()),
    vscode.window.onDidChangeActiveTextEditor(() => status.update()),
    vscode.workspace.onDidChangeTextDocument(() => {
      if (server.verdict) status.update()
    }),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (startsAnew(event)) await server.restart()
      if (event.affectsConfiguration('lemma')) status.update()
    }),
  )
  await server.start()
}
