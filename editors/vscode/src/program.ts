// Finding the program `lemma`, and saying clearly why it cannot be run.
import { execFile } from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'
import * as vscode from 'vscode'
import { machineSetting } from './settings'

export class Unusable extends Error {}

const { t } = vscode.l10n

function elsewhere(): string {
  return t(
    'The server of lemma runs on Linux on x86-64 processors. Open the folder there (Remote - WSL ' +
      'on Windows; Remote - SSH or a Dev Container on macOS) and install lemma on that side.',
  )
}

function inPath(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const program = path.join(folder, 'lemma')
    if (path.isAbsolute(folder) && fs.statSync(program, { throwIfNoEntry: false })?.isFile()) {
      return program
    }
  }
  return undefined
}

// The user's own setting, else the program that came with the extension, else the one in PATH.
export function findProgram(context: vscode.ExtensionContext): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Unusable(elsewhere())
  const configured = machineSetting<string>('program')
  if (configured) {
    if (!path.isAbsolute(configured)) {
      throw new Unusable(t("lemma.program is '{0}', which is no absolute path.", configured))
    }
    return configured
  }
  const bundled = context.asAbsolutePath(path.join('server', 'bin', 'lemma'))
  const found = fs.existsSync(bundled) ? bundled : inPath()
  if (!found) {
    throw new Unusable(
      t(
        'This extension came without the program lemma, and there is none in PATH. Build it with ' +
          './dev build and set lemma.program.',
      ),
    )
  }
  return found
}

// What `lemma --version` says. A program that cannot run (an older C library, no execute bit) says
// why here, where a language client would only see a pipe that closes.
export function versionOf(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, ['--version'], { cwd: '/', timeout: 20_000 }, (error, output, errors) => {
      if (!error) return resolve(output.trim())
      const what = errors.trim() || error.message
      const glibc = /GLIBC_([\d.]+)' not found/.exec(what)
      const code = (error as NodeJS.ErrnoException).code
      const why = glibc
        ? t("it needs glibc {0}, and this system's is older", glibc[1])
        : code === 'ENOENT'
          ? t('there is no such file')
          : code === 'EACCES'
            ? t('it is not executable')
            : what
      reject(new Unusable(t('{program} cannot be run: {why}', { program, why })))
    })
  })
}
