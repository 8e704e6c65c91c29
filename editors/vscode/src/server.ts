// The language server: started, stopped, started anew. Everything that completes is on its side.
import * as vscode from 'vscode'
import {
  type ClientCapabilities,
  CloseAction,
  ErrorAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  type StaticFeature,
  State,
  TransportKind,
} from 'vscode-languageclient/node'
import { Unusable, findProgram, versionOf } from './program'
import {
  type Asked,
  type ChangeReport,
  type Ended,
  type NextEdits,
  type Piece,
  type Question,
  type Status,
  type Verdict,
  type Why,
  askRequest,
  changedNotification,
  endNotification,
  nextEditsNotification,
  pieceNotification,
  statsRequest,
  statusNotification,
  verdictNotification,
  whyRequest,
} from './protocol'
import { programOptions, section, serverSettings } from './settings'

// What this client wants, and whether the user trusts what is open: only then is anything run.
const ours: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities) {
    capabilities.experimental = {
      ...capabilities.experimental,
      lemmaStatus: true,
      lemmaNextEdits: true,
      lemmaChanges: true,
      lemmaTrusted: vscode.workspace.isTrusted,
    }
  },
  initialize() {},
  getState: () => ({ kind: 'static' }),
  clear() {},
}

// What was asked for at a position, and whether ghost text or the menu of words is there now.
export interface Inline {
  document: vscode.TextDocument
  version: number
  position: vscode.Position
  isShown: boolean
}

// A program that has not answered by then is no lemma.
const mostStartMs = 5_000

const notRunning = () => vscode.l10n.t('the server is not running')

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function warn(error: unknown) {
  void vscode.window.showWarningMessage(`lemma: ${messageOf(error)}`)
}

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined
  private starting: Promise<void> = Promise.resolve()
  private restarting: Promise<void> = Promise.resolve()
  private turns = 0
  private readonly changed = new vscode.EventEmitter<void>()
  readonly onChanged = this.changed.event
  private readonly started = new vscode.EventEmitter<void>()
  readonly onStarted = this.started.event
  private readonly piece = new vscode.EventEmitter<Piece>()
  readonly onPiece = this.piece.event
  private readonly ended = new vscode.EventEmitter<Ended>()
  readonly onEnded = this.ended.event
  private readonly proposed = new vscode.EventEmitter<NextEdits>()
  readonly onNextEdits = this.proposed.event
  private readonly reported = new vscode.EventEmitter<ChangeReport>()
  readonly onChangeReport = this.reported.event
  private readonly inline = new vscode.EventEmitter<Inline>()
  readonly onInline = this.inline.event

  // What the server said last; nothing while none runs.
  status: Status | undefined
  // Of the suggestion that is shown.
  verdict: Verdict | undefined
  // Why none can be started.
  problem: string | undefined

  constructor(
    private readonly context: vscode.ExtensionContext,
    readonly log: vscode.LogOutputChannel,
  ) {}

  start(): Promise<void> {
    this.starting = this.launch()
    return this.starting
  }

  // One after the other: of two clients at a time the later one cannot register its commands.
  restart(): Promise<void> {
    this.restarting = this.restarting.then(async () => {
      await this.stop()
      void this.start()
    })
    return this.restarting
  }

  async stop(): Promise<void> {
    // A client that is still starting or has given up refuses to stop.
    await Promise.race([this.starting, new Promise((resolve) => setTimeout(resolve, mostStartMs))])
    const client = this.client
    this.client = undefined
    this.status = undefined
    await client?.dispose().catch(() => {})
    this.changed.fire()
  }

  async why(): Promise<Why | undefined> {
    if (this.client?.state !== State.Running) return undefined
    return this.client.sendRequest<Why>(whyRequest, {})
  }

  async stats(): Promise<string | undefined> {
    if (this.client?.state !== State.Running) return undefined
    return (await this.client.sendRequest<{ summary: string }>(statsRequest, {})).summary
  }

  // About a document, and a part of it or words. Why the server refuses is shown.
  async execute(
    command: string,
    uri: vscode.Uri,
    ...about: (vscode.Range | string | undefined)[]
  ): Promise<void> {
    if (this.client?.state !== State.Running) return warn(this.problem ?? notRunning())
    const convert = this.client.code2ProtocolConverter
    const more = about
      .filter((each) => each !== undefined)
      .map((each) => (typeof each === 'string' ? each : convert.asRange(each)))
    const params = { command, arguments: [convert.asUri(uri), ...more] }
    try {
      await this.client.sendRequest('workspace/executeCommand', params)
    } catch (error) {
      warn(error)
    }
  }

  // The answer comes piece by piece; an error says why there is none.
  async ask(
    conversation: string,
    what: Question,
    about?: vscode.Location,
  ): Promise<Asked> {
    if (this.client?.state !== State.Running) throw new Error(notRunning())
    const convert = this.client.code2ProtocolConverter
    const attached = about && {
      textDocument: { uri: convert.asUri(about.uri) },
      range: convert.asRange(about.range),
    }
    return this.client.sendRequest<Asked>(askRequest, { conversation, ...what, ...attached })
  }

  // Whether there was a server to tell.
  notify(method: string, params: object): boolean {
    if (this.client?.state !== State.Running) return false
    void this.client.sendNotification(method, params)
    return true
  }

  async dispose(): Promise<void> {
    await this.stop()
    this.started.dispose()
    this.piece.dispose()
    this.ended.dispose()
    this.proposed.dispose()
    this.reported.dispose()
    this.inline.dispose()
    this.changed.dispose()
  }

  private async launch(): Promise<void> {
    const turn = ++this.turns
    this.problem = undefined
    try {
      const program = findProgram(this.context)
      const version = await versionOf(program)
      if (turn !== this.turns) return // nobody has waited for it
      this.log.info(`${version}: ${program}`)
      const client = this.makeClient(program)
      this.client = client
      await client.start()
      if (turn !== this.turns) await client.dispose()
    } catch (error) {
      if (turn === this.turns) this.fail(error)
    }
    this.changed.fire()
  }

  private fail(error: unknown) {
    const message = messageOf(error)
    this.problem = message
    this.log.error(message)
    if (!(error instanceof Unusable)) return // the client has shown it
    const askAgain = vscode.l10n.t('Settings')
    void vscode.window.showErrorMessage(`lemma: ${message}`, askAgain).then((chosen) => {
      if (chosen) void vscode.commands.executeCommand('workbench.action.openSettings', 'lemma.')
    })
  }

  // What cannot be written is no reason to give the server up, as it is by default: that the
  // connection is closed comes next, and then the server is started anew.
  private errorHandler(usual: ErrorHandler): ErrorHandler {
    return {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: async () => {
        const result = await usual.closed()
        if (result.action === CloseAction.DoNotRestart) this.problem = result.message
        return result
      },
    }
  }

  private middleware(): Middleware {
    return {
      provideInlineCompletionItems: async (document, position, context, token, next) => {
        const { version } = document
        const found = await next(document, position, context, token)
        const items = Array.isArray(found) ? found : found?.items
        // Of several nobody tells which is looked at: what was said of the first is on that alone.
        if ((items?.length ?? 0) > 1 && this.verdict) {
          this.verdict = undefined
          this.changed.fire()
        }
        const isShown = !!context.selectedCompletionInfo || !!items?.length
        if (!token.isCancellationRequested) {
          this.inline.fire({ document, version, position, isShown })
        }
        return found
      },
      executeCommand: async (command, args, next) => {
        try {
          return await next(command, args)
        } catch (error) {
          warn(error)
        }
      },
      workspace: {
        // Without the settings that are none of the server's business.
        configuration: async (params) =>
          params.items.map((item) => (item.section === section ? serverSettings() : null)),
        didChangeConfiguration: async () => {
          await this.client?.sendNotification('workspace/didChangeConfiguration', {
            settings: { [section]: serverSettings() },
          })
        },
      },
    }
  }

  private makeClient(program: string): LanguageClient {
    const options: LanguageClientOptions = {
      documentSelector: [
        { scheme: 'file' },
        { scheme: 'untitled' },
        { scheme: 'vscode-notebook-cell' },
      ],
      outputChannel: this.log,
      // Of the requests that fail, a user wants to hear of those that he made.
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      middleware: this.middleware(),
    }
    const run = {
      command: program,
      args: ['lsp', ...programOptions()],
      transport: TransportKind.stdio,
      // Not the workspace's folder, which may be nobody's friend.
      options: { cwd: '/' },
    }
    const client = new LanguageClient(section, 'lemma', run, options)
    client.clientOptions.errorHandler = this.errorHandler(client.createDefaultErrorHandler())
    client.registerFeature(ours)
    client.onNotification(statusNotification, (status: Status) => {
      this.status = status
      this.changed.fire()
    })
    client.onNotification(pieceNotification, (piece: Piece) => this.piece.fire(piece))
    client.onNotification(endNotification, (ended: Ended) => this.ended.fire(ended))
    client.onNotification(nextEditsNotification, (edits: NextEdits) => this.proposed.fire(edits))
    client.onNotification(changedNotification, (change: ChangeReport) => this.reported.fire(change))
    client.onNotification(verdictNotification, (verdict: Verdict) => {
      this.verdict = verdict
      this.changed.fire()
    })
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) return this.started.fire()
      this.status = undefined
      this.changed.fire()
    })
    return client
  }
}
