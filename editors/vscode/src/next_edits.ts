// Next edits: the change that was just made, at the other places that call for it. The one that
// comes next is shown, and Tab goes there and takes it.
//
// VS Code tells no extension whether ghost text or the menu of words is on the screen. They have
// Tab by the keys' conditions in package.json. That nothing is shown beside them is worked out from
// what the server was asked for and answered, and from a rest after typing, during which they come.
import * as vscode from 'vscode'
import { type Place, nextOf, shifted } from './places'
import { type NextEdits, dismissNotification } from './protocol'
import type { Inline, Server } from './server'

// Longer than the server waits, so that it has mended what it proposed before that is shown again.
const restMs = 600
// Longer than from one Tab to the next where the key is held.
const heldMs = 300

const inserted = { backgroundColor: new vscode.ThemeColor('diffEditor.insertedTextBackground') }
const dimmed = { color: new vscode.ThemeColor('editorGhostText.foreground'), margin: '0 0 0 2em' }

// Of the next place; the keys go by it (package.json).
type State = 'none' | 'covered' | 'shown'

interface Known {
  title: string
  places: Place[]
}

function rangeOf(document: vscode.TextDocument, { start, end }: Place): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end))
}

// CSS joins spaces and drops those at the ends.
function drawn(text: string): string {
  return text.replace(/\s/g, '\u00a0')
}

function behind(
  position: vscode.Position,
  text: string,
  look: vscode.ThemableDecorationAttachmentRenderOptions,
): vscode.DecorationOptions {
  const after = { ...look, contentText: drawn(text) }
  return { range: new vscode.Range(position, position), renderOptions: { after } }
}

// The new text and the hint may both stand at the end of a line: VS Code goes by their keys then.
function twoInOrder(): vscode.TextEditorDecorationType[] {
  const make = () => vscode.window.createTextEditorDecorationType({})
  return [make(), make()].sort((one, other) => (one.key < other.key ? -1 : 1))
}

function moveTo(editor: vscode.TextEditor, position: vscode.Position): void {
  editor.selection = new vscode.Selection(position, position)
  const range = new vscode.Range(position, position)
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport)
}

export class NextEditsView implements vscode.Disposable {
  private readonly known = new Map<vscode.TextDocument, Known>()
  private readonly oldText = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('diffEditor.removedTextBackground'),
    textDecoration: 'line-through',
  })
  private readonly newText: vscode.TextEditorDecorationType
  private readonly hint: vscode.TextEditorDecorationType
  private shownIn: vscode.TextEditor | undefined
  private inline: Inline | undefined
  private resting: NodeJS.Timeout | undefined
  private taking: Promise<void> = Promise.resolve()
  private state: State = 'none'
  private isTaking = false
  private releasing: NodeJS.Timeout | undefined
  private readonly listeners: vscode.Disposable

  constructor(private readonly server: Server) {
    ;[this.newText, this.hint] = twoInOrder()
    this.listeners = vscode.Disposable.from(
      server.onNextEdits((message) => this.receive(message)),
      server.onInline((inline) => {
        this.inline = inline
        this.draw()
      }),
      server.onChanged(() => {
        if (!server.status) this.forgetAll()
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('lemma.completion')) this.forgetAll()
      }),
      vscode.workspace.onDidChangeTextDocument((event) => this.onChange(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
      vscode.window.onDidChangeActiveTextEditor(() => this.draw()),
      vscode.window.onDidChangeTextEditorSelection(() => this.onMove()),
    )
  }

  // One Tab after the other, also where they come faster than the text changes.
  take(): Promise<void> {
    this.taking = this.taking.catch(() => {}).then(() => this.takeNext())
    return this.taking
  }

  // Ghost text was hidden by a key.
  uncover(): void {
    this.inline = undefined
    this.draw()
  }

  dismiss(): void {
    const document = vscode.window.activeTextEditor?.document
    if (!document) return
    const textDocument = { uri: document.uri.toString() }
    this.server.notify(dismissNotification, { textDocument })
    this.forget(document)
  }

  dispose(): void {
    clearTimeout(this.resting)
    clearTimeout(this.releasing)
    this.listeners.dispose()
    for (const type of [this.oldText, this.newText, this.hint]) type.dispose()
  }

  private receive({ uri, version, title, edits }: NextEdits): void {
    const name = vscode.Uri.parse(uri).toString()
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === name)
    if (document?.version !== version) return // a later one comes
    const offset = ({ line, character }: { line: number; character: number }) =>
      document.offsetAt(new vscode.Position(line, character))
    const places = edits.map(({ range, oldText, newText }) => {
      return { start: offset(range.start), end: offset(range.end), oldText, newText }
    })
    this.known.set(document, { title, places })
    this.rested()
  }

  private onChange({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const known = this.known.get(document)
    if (!known || !contentChanges.length) return
    known.places = contentChanges.reduce(shifted, known.places)
    if (this.isTaking) return
    clearTimeout(this.resting)
    this.resting = setTimeout(() => this.rested(), restMs)
    this.draw()
  }

  private rested(): void {
    clearTimeout(this.resting)
    this.resting = undefined
    this.draw()
  }

  // Ghost text does not come back with the cursor.
  private onMove(): void {
    if (this.isCovered()) this.draw()
    else this.uncover()
  }

  private stateOfPlace(): State {
    if (this.isCovered()) return 'covered'
    return this.resting ? 'none' : 'shown'
  }

  // By ghost text or the menu of words.
  private isCovered(): boolean {
    const editor = vscode.window.activeTextEditor
    if (!editor || this.inline?.document !== editor.document) return false
    const { version, position, isShown } = this.inline
    const isHere = position.isEqual(editor.selection.active)
    return isShown && isHere && version === editor.document.version
  }

  private forget(document: vscode.TextDocument): void {
    this.known.delete(document)
    this.draw()
  }

  private forgetAll(): void {
    this.known.clear()
    this.draw()
  }

  // The one that Tab is about, where it has one to be about.
  private next(editor: vscode.TextEditor): Place | undefined {
    const { document, selections } = editor
    const places = this.known.get(document)?.places
    if (!places?.length || selections.length > 1 || !selections[0].isEmpty) return undefined
    // VS Code tells of a shorter text before it has moved the cursor there.
    const cursor = document.validatePosition(selections[0].active)
    const { range, isEmptyOrWhitespace } = document.lineAt(cursor)
    if (isEmptyOrWhitespace) return undefined // who begins a line indents it by the key
    const line = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) }
    return nextOf(places, document.offsetAt(cursor), line)
  }

  private async takeNext(): Promise<void> {
    this.isTaking = true
    try {
      const editor = vscode.window.activeTextEditor
      const place = editor && this.next(editor)
      if (place && this.state === 'shown') await this.takeAt(editor, place)
      this.draw()
    } finally {
      this.isTaking = false
    }
  }

  private async takeAt(editor: vscode.TextEditor, place: Place): Promise<void> {
    const range = rangeOf(editor.document, place)
    if (range.start.line !== editor.selection.active.line) {
      moveTo(editor, range.start)
    } else if (editor.document.getText(range) === place.oldText) {
      await this.replace(editor, range, place.newText)
    } else {
      this.drop(editor.document, place)
    }
  }

  private async replace(editor: vscode.TextEditor, range: vscode.Range, text: string) {
    // Ghost text that is still on its way would have the next Tab.
    void vscode.commands.executeCommand('editor.action.inlineSuggest.hide')
    const done = await editor.edit((edit) => edit.replace(range, text))
    if (done) moveTo(editor, range.start.translate(0, text.length))
  }

  private drop(document: vscode.TextDocument, place: Place): void {
    const known = this.known.get(document)
    if (known) known.places = known.places.filter((each) => each !== place)
  }

  private draw(): void {
    const editor = vscode.window.activeTextEditor
    const place = editor && this.next(editor)
    const state = place ? this.stateOfPlace() : 'none'
    const before = this.shownIn
    this.shownIn = state === 'shown' ? editor : undefined
    if (before && before !== this.shownIn) {
      for (const type of [this.oldText, this.newText, this.hint]) before.setDecorations(type, [])
    }
    if (place && state === 'shown') this.show(editor, place)
    if (state !== this.state || this.isTaking) this.tell(state)
  }

  // VS Code, for the keys. A Tab that is held would indent behind the last place.
  private tell(state: State): void {
    this.state = state
    const tell = () => void vscode.commands.executeCommand('setContext', 'lemma.nextEdit', state)
    clearTimeout(this.releasing)
    if (state === 'none' && this.isTaking) this.releasing = setTimeout(tell, heldMs)
    else tell()
  }

  private show(editor: vscode.TextEditor, place: Place): void {
    const { document, selection } = editor
    const range = rangeOf(document, place)
    const line = document.lineAt(document.validatePosition(selection.active)).range
    const known = this.known.get(document)
    const count = known?.places.length ?? 0
    const isHere = range.start.line === line.start.line
    const where = isHere ? '' : ` ${range.start.line + 1}: ${known?.title}`
    const remaining = count > 1 ? ` (${count})` : ''
    editor.setDecorations(this.oldText, [range])
    editor.setDecorations(this.newText, [behind(range.end, place.newText, inserted)])
    editor.setDecorations(this.hint, [behind(line.end, `⇥${where}${remaining}`, dimmed)])
  }
}
