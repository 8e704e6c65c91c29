// Runs the tests in VS Code and ends with `vscode: N passed, N failed, N skipped`.
//
//   run.mjs FOLDER [PATTERN]    the unpacked extension, with server and model; the tests to run
import * as path from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const here = path.dirname(fileURLToPath(import.meta.url))
process.env.LEMMA_EXTENSION = path.resolve(process.argv[2])

const names = ['change', 'completion', 'debug', 'fill', 'language', 'next_edits', 'settings',
  'solve', 'trust']
const files = names.map((name) => path.join(here, `${name}_test.mjs`))
const counts = { passed: 0, failed: 0, skipped: 0 }
const testNamePatterns = process.argv[3] ? [process.argv[3]] : undefined
const tests = run({ files, concurrency: 1, timeout: 600_000, testNamePatterns })
tests.on('test:pass', (event) => {
  if (event.nesting === 0) ++counts[event.skip === undefined ? 'passed' : 'skipped']
})
tests.on('test:fail', (event) => {
  if (event.nesting === 0) ++counts.failed
})
tests.on('end', () => {
  const { passed, failed, skipped } = counts
  console.log(`vscode: ${passed} passed, ${failed} failed, ${skipped} skipped`)
  process.exitCode = failed ? 1 : 0
})
tests.compose(spec).pipe(process.stdout)
