// The test double of an endpoint (tests/support/chat_server.py), and what it was sent.
import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))

export class Endpoint {
  static async start(rules) {
    const made = new Endpoint()
    made.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lemma-endpoint-'))
    made.log = path.join(made.folder, 'log')
    made.says(...rules)
    fs.writeFileSync(made.log, '')
    const program = path.join(here, '../../support/chat_server.py')
    made.process = spawn('/usr/bin/python3', ['-B', program, path.join(made.folder, 'script'), made.log],
      { stdio: ['pipe', 'pipe', 'inherit'] })
    made.port = await new Promise((resolve) => made.process.stdout.once('data', (data) =>
      resolve(`${data}`.trim())))
    return made
  }

  // From now on; the last of them for all requests that follow.
  says(...rules) {
    fs.writeFileSync(path.join(this.folder, 'script'), JSON.stringify(rules))
  }

  // The machine's settings that name it.
  config() {
    return `[remote]\nurl = "http://127.0.0.1:${this.port}/v1"\nmodel = "scripted"\n` +
      'ability = "instruct"\n'
  }

  asked() {
    return fs.readFileSync(this.log, 'utf8').trim().split('\n').filter(Boolean).map(JSON.parse)
  }

  stop() {
    this.process.stdin.end() // which ends it
    fs.rmSync(this.folder, { recursive: true, force: true })
  }
}
