// Renames variables, functions and types of JavaScript and TypeScript where they are bound first, and
// compares the places that lemma proposes next with those that TypeScript's compiler would rename.
//
//   typescript.mjs DRIVER TYPESCRIPT FILE...    TYPESCRIPT: the package's folder
//
// A place that is proposed and is none is a failure. `exports` is left out: in a file without
// imports the compiler takes it for the module's own, whatever binds it. Not part of `./dev test`, which has no such
// compiler where the extension is not built.
import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import * as path from 'node:path'
import { createInterface } from 'node:readline'

const [driverPath, compiler, ...files] = process.argv.slice(2)
const ts = createRequire(import.meta.url)(path.resolve(compiler))
const most = 12 // names of a file
const name = 'renamed_by_oracle'

const driver = spawn(driverPath, { stdio: ['pipe', 'pipe', 'inherit'] })
const answers = createInterface(driver.stdout)[Symbol.asyncIterator]()

async function proposed(file, begin, end) {
  driver.stdin.write(`${file} ${begin} ${end} ${name}\n`)
  return new Set((await answers.next()).value.split(' ').filter(Boolean).map(Number))
}

// The first place of each name that is more than a member of something.
function firstPlaces(source) {
  const found = []
  const visit = (node) => {
    const isMember = ts.isPropertyAccessExpression(node.parent ?? node)
    if (ts.isIdentifier(node) && !isMember && node.text !== 'exports' && found.length < 400) {
      found.push(node)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found.sort((a, b) => a.getStart() - b.getStart())
}

const count = { names: 0, exactly: 0, 'in part': 0, 'not at all': 0, wrongly: 0 }

async function checkFile(file) {
  const text = fs.readFileSync(file, 'utf8')
  if (/[^\x00-\x7f]/.test(text) || text.length > 400_000) return
  const options = { allowJs: true, noLib: true, noResolve: true, target: ts.ScriptTarget.ESNext }
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => name === file ? ts.ScriptSnapshot.fromString(text) : undefined,
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => '',
    fileExists: () => false,
    readFile: () => undefined,
  })
  const seen = new Set()
  let names = 0
  for (const node of firstPlaces(service.getProgram().getSourceFile(file))) {
    const begin = node.getStart()
    if (seen.has(begin) || names === most) continue
    const places = service.findRenameLocations(file, begin, false, false, { providePrefixAndSuffixTextForRename: true })
    const inCode = (places ?? []).map(({ textSpan }) => textSpan.start)
      .filter((place) => !/^\s*(\/\*)?\*/.test(text.slice(text.lastIndexOf('\n', place) + 1, place)))
    const others = new Set(inCode)
    for (const place of others) seen.add(place)
    if (!others.delete(begin) || !others.size) continue
    const defined = service.getDefinitionAtPosition(file, begin) ?? []
    if (defined.length !== 1 || defined[0].textSpan.start !== begin) continue
    ++names
    const found = await proposed(file, begin, node.getEnd())
    const wrong = [...found].filter((place) => !others.has(place))
    const missing = [...others].filter((place) => !found.has(place))
    ++count.names
    if (wrong.length) ++count.wrongly
    else if (!missing.length) ++count.exactly
    else if (found.size) ++count['in part']
    else ++count['not at all']
    const line = (place) => text.slice(0, place).split('\n').length
    if (wrong.length || (missing.length && process.env.VERBOSE)) {
      console.log(`${file}: ${node.text} of line ${line(begin)}` +
        (wrong.length ? ` is not that of lines ${wrong.slice(0, 5).map(line)}`
          : ` lacks ${missing.slice(0, 5).map(line)}`))
    }
  }
}

for (const file of files) await checkFile(path.resolve(file))
driver.stdin.end()
console.log(Object.entries(count).map(([key, value]) => `${key}: ${value}`).join(', '))
process.exitCode = count.wrongly ? 1 : 0
