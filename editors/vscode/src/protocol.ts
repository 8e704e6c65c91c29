// What the server adds to LSP (lsp/wire/protocol.h).
import type { Position, Range } from 'vscode-languageclient/node'

export interface Status {
  state: 'loading' | 'ready' | 'failed'
  message: string
  model: string
  backend: string
  device: string
  busy: boolean
  version: string
  memoryBytes: number
  asks?: string // the model that can be asked
  lastMs?: number
}

export interface Source {
  what: string
  why: string
  tokens: number
}

// One answer to a request for a completion: `text` replaces `range`, or `silence` says why there
// was nothing to show.
export interface Explanation {
  uri: string
  position: Position
  range?: Range
  text?: string
  silence?: string
  probability?: number
  modelProbability?: number
  ms: number
  contextMs?: number
  waitMs?: number
  prefillMs?: number
  decodeMs?: number
  promptTokens?: number
  cachedTokens?: number
  generatedTokens?: number
  contextTokens?: number
  sources?: Source[]
  experts?: TokenExperts[] // of a Mixture of Experts
  adapter?: string // of the model, a path
  others?: { text: string; probability?: number }[] // offered in its place
}

// The experts that a token was made with, of each layer that has some.
export interface TokenExperts {
  token: string
  layers: number[][]
}

// What was seen of the changes that were offered last for a failure.
export interface Evidence {
  name: string // of the file
  failure: string
  changes: { title: string; diff: string; said: string[]; taken: boolean }[]
  latest: boolean // nothing else was shown since
}

export interface Why {
  model: string
  answers: Explanation[] // the latest first
  fix?: Evidence
}

// How many tests pass with the suggestion that is shown for this version of a document.
export interface Verdict {
  uri: string
  version: number
  passed: number
  tests: number
}

// What is asked; the task is one that the server words itself, in the user's language, about code
// that is attached.
export type Question = { text: string } | { task: 'explain' }

// The answer to a question: what that was, and what was attached to it.
export interface Asked {
  model: string
  question: string
  attached?: { name: string; firstLine: number; lastLine: number }
}

export interface Piece {
  conversation: string
  kind: 'text' | 'thought' | 'all_was_thought'
  text: string
}

export interface Ended {
  conversation: string
  problem?: string
}

// The change that was just made, at the other places that call for it, in the order of the text;
// none: there is nothing to propose any more.
export interface NextEdits {
  uri: string
  version: number
  title: string // for people
  edits: { range: Range; oldText: string; newText: string }[]
}

// What a model has written in place of a part of a document, and what was seen of it.
export interface ChangeReport {
  uri: string
  version: number
  range: Range
  newText: string
  seen: 'passes' | 'breaks' | 'nothing'
  evidence: string[] // sentences, the most important first
  author: string
}

export const askRequest = 'lemma/ask'
export const pieceNotification = 'lemma/piece'
export const endNotification = 'lemma/end'
export const verdictNotification = 'lemma/verdict'
export const statusNotification = 'lemma/status'
export const changedNotification = 'lemma/changed'
export const nextEditsNotification = 'lemma/nextEdits'
export const dismissNotification = 'lemma/dismissNextEdits'
export const whyRequest = 'lemma/why'
export const statsRequest = 'lemma/stats'
