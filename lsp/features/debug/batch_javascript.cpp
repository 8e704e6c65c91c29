// JavaScript: one thread runs one version after another, and is made anew where a version ended it,
// kept it from going on, or left something that may still happen. In place of node:test stands a
// small part of it: nobody wants a report. A program without tests is over when nothing is left to
// do; where it listens for its end, its thread ends. ECMAScript's own modules are put in their
// place on the disk, since Node reads them itself; it keeps them for as long as a thread lives, by
// their addresses, so that each version has addresses of its own; one that looks at its address has
// its own thread instead. TypeScript is compiled to scripts, all versions by one run of esbuild:
// its start takes longer than most tests.
#include <algorithm>

#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/steps.h"

namespace lsp::features::debug {
namespace {

constexpr const char* javascript_batch_path = "/run/lemma/batch.cjs";
// Arguments: "tests" or "run", the program's path, what is run, the seconds for each, how many,
// "modules" or "scripts", how many rounds the loops of a version may go (0: as long as they
// take not much longer than others); for TypeScript, esbuild.
constexpr const char* javascript_batch_text = R"text('use strict';
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const Module = require('node:module');
const { basename, dirname, extname } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Worker, isMainThread, workerData, parentPort } = require('node:worker_threads');

const testsModule = '/sandbox/lemma_tests.mjs';
const testsModuleText = `export default globalThis._lemmaTests;
export const { test, it, describe, suite, before, after, beforeEach, afterEach } =
  globalThis._lemmaTests;
`;
// What a version imports is loaded anew for each version.
const resolverText = `export async function resolve(specifier, context, next) {
  const version = /[?]lemma=[0-9]+$/.exec(context.parentURL ?? '')?.[0];
  if (version && specifier === 'node:test') {
    return { url: 'file://${testsModule}' + version, shortCircuit: true };
  }
  const found = await next(specifier, context);
  const ours = version && found.url.startsWith('file:') && !found.url.includes('/node_modules/');
  return ours && !found.url.includes('?') ? { ...found, url: found.url + version } : found;
}
`;

function take(at) {
  try { return fs.readFileSync(at, 'utf8'); } catch { return undefined; }
}

// Puts a version where Node looks for it.
function makePlacing(program, main) {
  const own = take(main);
  fs.writeFileSync(testsModule, testsModuleText);
  return (number) => {
    fs.writeFileSync(main, take(`/sandbox/tests-${number}`) ?? own);
    fs.writeFileSync(program, take(`/sandbox/version-${number}`));
  };
}

// Scripts in the place of TypeScript. Sources lie beside what they are versions of, since they
// import from there; the program itself stays outside, for it is another one each time.
function compile(esbuild, program, main, count) {
  const sources = {};
  const add = (name, like, text) => {
    if (text === undefined) return;
    sources[name] = `${dirname(like)}/${name}${extname(like)}`;
    fs.writeFileSync(sources[name], text);
  };
  for (let number = 0; number < count; number += 1) {
    add(`lemma-version-${number}`, program, take(`/sandbox/version-${number}`));
    add(`lemma-tests-${number}`, main, take(`/sandbox/tests-${number}`));
  }
  if (main !== program) add('lemma-tests', main, take(main));
  const run = () => spawnSync(esbuild, [...Object.values(sources), '--bundle', '--platform=node',
    '--packages=external', `--external:${program}`, '--format=cjs', '--outdir=/sandbox/compiled',
    '--entry-names=[name]', '--color=false', '--log-level=error', '--log-limit=0'],
  { encoding: 'utf8', maxBuffer: 1 << 26 });
  // One that does not compile keeps the others from it.
  const { status, stderr } = run();
  if (status !== 0) {
    for (const [name] of (stderr ?? '').matchAll(/lemma-(?:version|tests)(?:-[0-9]+)?/g)) {
      delete sources[name];
    }
    run();
  }
  const script = (name) => take(`/sandbox/compiled/${name}.js`) ?? 'throw new SyntaxError();';
  for (let number = 0; number < count; number += 1) {
    const own = take(`/sandbox/tests-${number}`) !== undefined;
    if (main !== program) {
      fs.writeFileSync(`/sandbox/tests-${number}`,
        script(own ? `lemma-tests-${number}` : 'lemma-tests'));
    }
    fs.writeFileSync(`/sandbox/version-${number}`, script(`lemma-version-${number}`));
  }
}

async function drive(task) {
  const [mode, program, main, seconds, count, kind, mostSteps, esbuild] = task;
  let worker;
  if (esbuild) compile(esbuild, program, main, count);
  // As where it asks whether it was started by itself.
  const started = take('/sandbox/tests-0') ?? take(main === program ? '/sandbox/version-0' : main);
  const apart = mode === 'run' && kind === 'modules' && started.includes('import.meta');
  const outside = esbuild ? basename(program) : '';
  const data = { mode, program, main, seconds, kind, apart, mostSteps, outside };
  const place = kind === 'modules' ? makePlacing(program, main) : () => {};
  const fresh = (number) => new Worker(__filename, {
    workerData: { ...data, number }, stdout: true, stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 256 } });
  // No version pays for its thread's start.
  const ready = (made) => new Promise((resolve) => {
    made.removeAllListeners(); // Node's own, which would stop the port with the last of ours
    for (const event of ['message', 'error', 'exit']) made.once(event, () => resolve(made));
  });
  for (let number = 0; number < count; number += 1) {
    place(number);
    if (apart) worker = fresh(number);
    worker ??= await ready(fresh(-1));
    const [status, over] = await new Promise((resolve) => {
      const timer = setTimeout(() => resolve([-1, true]), seconds * 1000);
      worker.removeAllListeners();
      worker.on('error', () => { clearTimeout(timer); resolve([1, true]); });
      worker.on('exit', (code) => {
        clearTimeout(timer);
        resolve([mode === 'tests' ? code || 1 : code, true]);
      });
      worker.on('message', ({ good, endless, used }) => {
        clearTimeout(timer);
        resolve([endless ? -1 : good ? 0 : 1, used]);
      });
      if (!apart) worker.postMessage(number);
    });
    if (over) {
      worker.removeAllListeners();
      worker.on('error', () => {});
      await worker.terminate();
      worker = undefined;
    }
    fs.appendFileSync('/sandbox/statuses', `${status}\n`);
  }
  process.exit(0);
}

// --- in the thread ------------------------------------------------------------------------------

const escape = (text) => String(text).replace(/[\\\t\n\r]/g,
  (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[c]);

const parseTest = (args) => ({
  name: typeof args[0] === 'string' ? args[0] : args[0]?.name || '<anonymous>',
  options: args.find((a) => a !== null && typeof a === 'object') ?? {},
  body: args.find((a) => typeof a === 'function') ?? (() => {}),
});

// Runs suites of tests, one after another.
function makeRunner(report) {
  const call = (body, context) => (body.length < 2 ? body(context) :
    new Promise((resolve, reject) => {
      body(context, (error) => (error ? reject(error) : resolve()));
    }));
  const chain = (suite, kind) => (suite === null ? [] :
    kind === 'afterEach' ? [...suite[kind], ...chain(suite.outer, kind)] :
      [...chain(suite.outer, kind), ...suite[kind]]);
  async function runOne({ name, options, body, skipped }, path, suite) {
    const full = [...path, name];
    let good = true;
    let skip = skipped || options.skip || options.todo;
    const context = {
      name, diagnostic() {}, skip() { skip = true; }, todo() { skip = true; },
      test: async (...args) => { good = await runOne(parseTest(args), full, suite) && good; },
    };
    let message = '';
    if (!skip) {
      try {
        for (const hook of chain(suite, 'beforeEach')) await hook(context);
        await call(body, context);
        for (const hook of chain(suite, 'afterEach')) await hook(context);
      } catch (error) {
        good = false;
        message = error?.message ?? error;
      }
    }
    report(full.join(' > '), skip ? 'skipped' : good ? 'passed' : 'failed', message);
    return good || skip;
  }
  return async function runSuite(suite, path) {
    let good = true;
    for (const hook of suite.before) await hook({});
    for (const each of suite.tests) {
      const done = each.suite === undefined ? await runOne(each, path, suite) :
        each.options.skip || await runSuite(each.suite, [...path, each.suite.name]);
      good = done && good;
    }
    for (const hook of suite.after) await hook({});
    return good;
  };
}

// What a test file sees as node:test.
function makeTests(report) {
  const newSuite = (outer, name) => ({ outer, name, tests: [], before: [], after: [],
    beforeEach: [], afterEach: [] });
  const root = newSuite(null, '');
  let current = root;
  const add = (extra) => (...args) => {
    current.tests.push({ ...parseTest(args), ...extra });
    return Promise.resolve();
  };
  const describe = (...args) => {
    const { name, options, body } = parseTest(args);
    const suite = newSuite(current, name);
    current.tests.push({ suite, options });
    current = suite;
    try { body(suite); } finally { current = suite.outer; }
    return Promise.resolve();
  };
  const test = add({});
  test.skip = test.todo = add({ skipped: true });
  test.only = test;
  describe.skip = describe.todo = () => {};
  describe.only = describe;
  const hook = (kind) => (body) => { current[kind].push(body); };
  Object.assign(test, { test, it: test, describe, suite: describe, before: hook('before'),
    after: hook('after'), beforeEach: hook('beforeEach'), afterEach: hook('afterEach') });
  return { test, run: () => makeRunner(report)(root, []) };
}

const { mode, program, main, seconds, number, kind, apart, mostSteps, outside } = workerData ?? {};
let texts = {};
let shim;
let records;
let output = '';
let current;
let steps = 0;
let endless = false;
let limit = Infinity;  // of the processor's time, in microseconds
let longest = -1;      // of the versions in this thread, but for the first, which pays for loading
const spent = () => { const { user, system } = process.cpuUsage(); return user + system; };
let listening = 0;  // what listens for the thread's end besides a program

function prepare(which) {
  current = which;
  steps = 0;
  endless = false;
  const version = take(`/sandbox/version-${which}`);
  const tests = take(`/sandbox/tests-${which}`);
  texts = kind === 'modules' ? {} :
    { ...(tests === undefined ? {} : { [main]: tests }), [program]: version };
  records = `/sandbox/records-${which}`;
  output = '';
  shim = makeTests((name, outcome, message) => {
    fs.appendFileSync(records, `test\t${escape(name)}\t${outcome}\t${escape(message)}\n`);
  });
  for (const path of Object.keys(require.cache)) {
    if (path !== __filename && !path.endsWith('.node')) delete require.cache[path];
  }
}

function hook() {
  for (const ending of ['.js', '.cjs', ...(outside ? [extname(program), extname(main)] : [])]) {
    const load = Module._extensions[ending] ?? Module._extensions['.js'];
    Module._extensions[ending] = (module, path) => (texts[path] === undefined ?
      load(module, path) : module._compile(texts[path], path));
  }
  const load = Module._load;
  Module._load = (request, ...rest) => (
    request === 'node:test' && mode === 'tests' ? shim.test :
      load(request.startsWith('.') && basename(request) === outside ? program : request, ...rest));
  process.stdout.write = (text) => {
    if (output.length < 100000) output += text;
    return true;
  };
  process.stderr.write = () => true;
  globalThis._lemmaStep = () => {
    steps += 1;
    const late = steps % 256 === 0 && spent() > limit;
    if (!late && !(mostSteps > 0 && steps > mostSteps)) return;
    endless = true;
    throw new Error('endless');
  };
  // Modules have no require.
  Object.defineProperty(globalThis, '_lemma', { get: () => require('/sandbox/lemma_show.cjs') });
  // Where Node is too old for it, all fail, and versions are run alone.
  if (kind === 'modules' && !apart) {
    Module.register(`data:text/javascript,${encodeURIComponent(resolverText)}`);
  }
  // Node knows one file that was started, not by whom.
  process.argv = [process.argv[0], main];
}

async function load(which) {
  if (kind !== 'modules') return Module._load(main, null, true);
  globalThis._lemmaTests = shim.test;
  return import(pathToFileURL(main) + (apart ? '' : `?lemma=${which}`));
}

const waitedFor = () =>
  process.getActiveResourcesInfo().filter((each) => !['MessagePort', 'Immediate'].includes(each));

const listeners = () => ['exit', 'uncaughtException', 'unhandledRejection']
  .reduce((count, event) => count + process.listenerCount(event), 0);

// A program by itself. Whether it ended well.
async function runToItsEnd(which) {
  await load(which);
  await new Promise((resolve) => setImmediate(resolve));
  // What is not waited for does not count, as this timer.
  while (waitedFor().length > 0) await new Promise((resolve) => setTimeout(resolve, 2).unref());
  if (listeners() > listening) process.exit();
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  return code === 0;
}

async function serve(which) {
  prepare(which);
  let good = false;
  const begin = spent();
  limit = longest < 0 ? Infinity : begin + Math.max(seconds * 1e6 / 6, 10 * longest);
  try {
    if (mode === 'tests') {
      await load(which);
      good = await shim.run();
    } else {
      good = await runToItsEnd(which);
    }
  } catch { }
  fs.writeFileSync(`/sandbox/output-${which}`, output);
  if (!endless) longest = longest < 0 ? 0 : Math.max(longest, spent() - begin);
  const left = waitedFor().length > 0 || listeners() > listening;
  parentPort.postMessage({ good, endless, used: left });
}

if (isMainThread) {
  drive(process.argv.slice(2));
} else {
  hook();
  process.on('exit', () => {
    if (mode === 'run') fs.writeFileSync(`/sandbox/output-${current}`, output);
  });
  listening = listeners();
  if (!apart) {
    parentPort.on('message', serve);
    const tell = () => parentPort.postMessage({});
    // It fails, since there are no tests yet; then the resolver is at hand.
    if (kind === 'modules') import(`${testsModule}?early`).then(tell, tell);
    else tell();
  } else {
    prepare(number);
    load(number);
  }
}
)text";

// Whether it is written in ECMAScript's own modules.
bool is_made_of_modules(const Subject& subject) {
  if (subject.language == syntax::Language::typescript) return false;
  return subject.question.file.ends_with(".mjs") || is_module(subject.tests_text) ||
         is_module(subject.question.text);
}

}  // namespace

Trials try_javascript(runner::Runner& sandbox, const Subject& subject,
                      const std::vector<Attempt>& attempts, const Version& version) {
  Trials trials = none_ran(attempts.size());
  auto prepared = prepare_version(subject, version);
  if (!prepared || !prepared->missing.empty() || !prepared->request.plan.warm) return trials;
  auto& request = prepared->request;
  runner::Step step = *request.plan.warm;
  request.plan.warm.reset();
  request.nudge.reset();
  request.plan.policy.files.push_back({javascript_batch_path, javascript_batch_text});
  const std::string work = sandbox::policy::work_folder;
  const bool tests = prepared->mode == languages::Mode::tests;
  step.argv = {step.argv[0],
               javascript_batch_path,
               tests ? "tests" : "run",
               program_path(subject, prepared->at),
               prepared->at,
               std::to_string(version.deadline_ms / 1000.0),
               std::to_string(attempts.size()),
               is_made_of_modules(subject) ? "modules" : "scripts",
               std::to_string(version.most_steps)};
  if (subject.language == syntax::Language::typescript) {
    step.argv.push_back(request.job.steps.front().argv.front());  // what compiles it comes first
  }
  std::vector<Attempt> written = attempts;
  for (Attempt& each : written) {
    if (version.stepped) each.text = with_steps(each.text, subject.language);
  }
  const runner::Outcome outcome = run_attempts(sandbox, request, step, written, version);
  const std::vector<int> statuses = statuses_of(outcome);
  for (size_t i = 0; i < std::min(attempts.size(), statuses.size()); ++i) {
    Trial& trial = *trials[i];
    trial.ran = true;
    trial.cut_off = statuses[i] == cut_off_status;
    const std::string number = std::to_string(i);
    const bool good = statuses[i] == 0 || (statuses[i] == 1 && !subject.wanted.empty());
    trial.output = result_of(outcome, "output-" + number);
    trial.run.findings = languages::read_records(result_of(outcome, "records-" + number));
    for (const auto& [name, result, message] : trial.run.findings.tests) trial.tests[name] = result;
    trial.green =
        good && (!tests || (trial.passed() > 0 && wanted_passed(subject, trial.run.findings)));
  }
  return trials;
}

}  // namespace lsp::features::debug
