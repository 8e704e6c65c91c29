// The user's settings, by who may set them.
//
// Where the program and the model lie is the machine's affair: VS Code ignores what a workspace
// says about settings of machine scope, and so does this file, which reads the user's own value
// alone.
import * as vscode from 'vscode'

export const section = 'lemma'

// What the server takes from an editor (lsp/server/settings.cpp). Everything else that is named
// lemma.* concerns how the program is started.
const forServer = [
  'completion.enabled',
  'completion.multiline',
  'completion.comments',
  'completion.tokens',
  'completion.exclude',
  'completion.nextEdits',
  'log.level',
]

// What nobody has set here is left to the user's config.toml, whose word our defaults would take.
export function serverSettings(): Record<string, unknown> {
  const configuration = vscode.workspace.getConfiguration(section)
  const settings: Record<string, unknown> = {}
  for (const name of forServer) {
    const found = configuration.inspect(name)
    const values = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue]
    if (values.every((value) => value === undefined)) continue
    // As the server spells it: next_edits.
    const there = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    settings[there] = configuration.get(name)
  }
  return settings
}

export function machineSetting<T>(name: string): T | undefined {
  const found = vscode.workspace.getConfiguration(section).inspect<T>(name)
  return found?.globalValue ?? found?.defaultValue
}

// The options of `lemma lsp`; what is not set is left to the user's config.toml.
export function programOptions(): string[] {
  const options: string[] = []
  for (const name of ['model', 'memory', 'backend']) {
    const value = machineSetting<string>(name)
    if (value) options.push(`--${name}`, value)
  }
  const threads = machineSetting<number>('threads')
  if (threads) options.push('--threads', String(threads))
  return options
}

export function startsAnew(event: vscode.ConfigurationChangeEvent): boolean {
  return ['program', 'model', 'memory', 'backend', 'threads'].some((name) =>
    event.affectsConfiguration(`${section}.${name}`),
  )
}

export function isOff(languageId?: string): boolean {
  const configuration = vscode.workspace.getConfiguration(section)
  if (!configuration.get<boolean>('completion.enabled', true)) return true
  return !!languageId && configuration.get<string[]>('completion.exclude', []).includes(languageId)
}

// A change of the user's own value would show nothing where the workspace has another one.
async function change(name: string, value: unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section)
  const { Global, Workspace } = vscode.ConfigurationTarget
  const ofWorkspace = configuration.inspect(name)?.workspaceValue !== undefined
  await configuration.update(name, value, ofWorkspace ? Workspace : Global)
}

export async function toggle(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section)
  await change('completion.enabled', !configuration.get<boolean>('completion.enabled', true))
}

export async function toggleLanguage(languageId: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section)
  const excluded = configuration.get<string[]>('completion.exclude', [])
  const changed = excluded.includes(languageId)
    ? excluded.filter((other) => other !== languageId)
    : [...excluded, languageId]
  await change('completion.exclude', changed)
}
