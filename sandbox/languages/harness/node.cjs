// Runs one JavaScript program or its tests inside lemma's sandbox, and writes down what happened.
//
// Like python.py: waits on descriptor 3 for records that name the file, answers in records. The
// values of locals come from V8's own inspector, inside this process: an exception pauses it for as
// long as its frames are written down, and a second thread pauses it shortly before the deadline.
// With tests, Node loads this file once more, as the reporter of node:test.
'use strict';
const fs = require('node:fs');
const inspector = require('node:inspector');
const { findSourceMap } = require('node:module');
const { dirname, join } = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { inspect } = require('node:util');
const { Worker } = require('node:worker_threads');

const maxFrames = 40;
const maxLocals = 30;
const maxText = 400;
const maxPauses = 500;
const reservedBytes = 1 << 16;
const ours = 'globalThis[Symbol.for("lemma")]';

const escapes = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const escape = (text) => String(text).replace(/[\\\t\n\r]/g, (c) => escapes[c]);
const unescape = (text) =>
  text.replace(/\\([\\tnr])/g, (_, c) => ({ '\\': '\\', t: '\t', n: '\n', r: '\r' })[c]);

function writeRecord(descriptor, ...fields) {
  const line = fields.map(escape).join('\t') + '\n';
  try {
    fs.writeSync(descriptor, line);
  } catch {
    try {
      fs.unlinkSync(reserve);
      fs.writeSync(descriptor, line);
    } catch { }  // the program's own end must not become ours
  }
}

function receive() {
  const task = { argument: [], env: [] };
  for (const line of fs.readFileSync(3, 'utf8').split('\n')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const key = line.slice(0, tab);
    const value = unescape(line.slice(tab + 1));
    if (Array.isArray(task[key])) task[key].push(value);
    else task[key] = value;
  }
  return task;
}

// --- frames and locals ----------------------------------------------------------------------------

const pathOf = (url) => (url.startsWith('file://') ? fileURLToPath(url) : url);
const isProgram = (path) => path.startsWith('/') && path !== __filename;

// Where the program's author wrote what runs at this place; line and column from 0.
function original(path, line, column) {
  const entry = findSourceMap(path)?.findEntry(line, column);
  if (entry?.originalSource === undefined) return { file: path, line: line + 1 };
  return { file: pathOf(entry.originalSource), line: entry.originalLine + 1 };
}

// A CommonJS module is a function whose parameters are no locals of the program.
const given = new Set(['exports', 'require', 'module', '__filename', '__dirname', 'arguments']);

function describe(scope) {
  const shown = [];
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(scope))) {
    if (given.has(name) || typeof value === 'function' || shown.length >= maxLocals) continue;
    const text = inspect(value, {
      depth: 2, breakLength: Infinity, compact: true, maxArrayLength: 20, maxStringLength: maxText,
      customInspect: false,
    });
    shown.push([name, text.length > maxText ? text.slice(0, maxText) + '...' : text]);
  }
  return { shown, isModule: '__filename' in scope };
}

// The frames of a pause, the innermost first. `post` sends to the inspector and returns its answer.
function framesOf(callFrames, scripts, post) {
  const frames = [];
  for (const { functionName, location, scopeChain } of callFrames) {
    const path = pathOf(scripts.get(location.scriptId) ?? '');
    if (!isProgram(path)) continue;
    const own = scopeChain.filter((s) => ['local', 'block', 'catch', 'module'].includes(s.type));
    const values = new Map();
    let isModule = false;
    for (const { object, type } of own) {
      const answer = post('Runtime.callFunctionOn', {
        objectId: object.objectId, silent: true, returnByValue: true,
        functionDeclaration: `function() { return ${ours}.describe(this); }`,
      });
      const found = answer?.result?.value ?? { shown: [] };
      isModule ||= type === 'module' || found.isModule === true;
      for (const [name, text] of found.shown) {
        if (!values.has(name)) values.set(name, text);
      }
    }
    const at = original(path, location.lineNumber, location.columnNumber);
    const name = functionName || (isModule ? '<module>' : '<anonymous>');
    frames.push({ ...at, name, values });
    if (frames.length === maxFrames) break;
  }
  return frames;
}

function writeFrames(frames) {
  for (const { file, line, name, values } of [...frames].reverse()) {
    writeRecord(descriptor, 'frame', file, line, name);
    for (const [local, text] of [...values].slice(0, maxLocals)) {
      writeRecord(descriptor, 'local', local, text);
    }
  }
}

// What error.stack says, for an error that did not pause us.
function framesOfStack(error) {
  const frames = [];
  for (const line of String(error?.stack ?? '').split('\n')) {
    // The first line, of what does not parse, and a call.
    const broken = /^(?:file:\/\/)?(?<file>\/.+):(?<at>\d+)$/.exec(line);
    const call =
      /^\s+at (?:(?<name>.+) \()?(?:file:\/\/)?(?<file>\/.+?):(?<at>\d+):\d+\)?$/.exec(line);
    const { file, at, name } = (broken ?? call)?.groups ?? {};
    if (file === undefined || !isProgram(file)) continue;
    const named = name !== undefined && !name.endsWith('<anonymous>');
    frames.push({ file, line: at, name: named ? name : '<module>', values: new Map() });
  }
  return frames.slice(0, maxFrames);
}

const thrown = new WeakMap();  // error → the frames that threw it
let lastThrown;                // the same of what is no object
let descriptor;                // of the records
let token = '';
let reserve;                   // a file

// Any pause of this thread ends up here, whichever session asked for it.
function openInspector() {
  const session = new inspector.Session();
  const scripts = new Map();
  const post = (method, parameters) => {
    let answer;
    session.post(method, parameters, (_, result) => { answer = result; });
    return answer;
  };
  let pauses = 0;
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params.url));
  session.on('Debugger.paused', ({ params: { reason, data, callFrames } }) => {
    const frames = framesOf(callFrames, scripts, post);
    if (reason !== 'exception' && reason !== 'promiseRejection') {
      writeRecord(descriptor, 'failure', 'Timeout', 'still running here when time was up');
      writeFrames(frames);
    } else if (frames.length > 0) {
      // A program may throw and catch at will; it shall not pay for it for ever.
      if (++pauses === maxPauses) post('Debugger.setPauseOnExceptions', { state: 'uncaught' });
      lastThrown = frames;
      post('Runtime.callFunctionOn', {
        objectId: data?.objectId, silent: true,
        functionDeclaration: `function() { ${ours}.keep(this); }`,
      });
    }
  });
  const keep = (error) => { if (!thrown.has(error)) thrown.set(error, lastThrown); };
  // For what makes scripts by the thousand, each of which V8 would tell us of.
  const stopWatching = () => { post('Debugger.disable'); };
  Object.defineProperty(globalThis, Symbol.for('lemma'), { value: { describe, keep, stopWatching } });
  post('Debugger.enable');
  return post;
}

function writeFailure(error) {
  // What Node itself throws where a rejected promise held no error.
  const made = error?.code === 'ERR_UNHANDLED_REJECTION';
  const isObject = error !== null && typeof error === 'object' && !made;
  const type = isObject ? error.name ?? 'Error' : made ? 'Rejection' : typeof error;
  const message = made ? /reason "(.*)"/s.exec(error.message)?.[1] : error;
  // As of a fetch that failed, which says no more itself.
  const cause = isObject && error.cause?.message ? ` (${error.cause.message})` : '';
  const whole = isObject ? `${type}: ${error.message}${cause}` : message;
  writeRecord(descriptor, 'failure', type, whole);
  writeFrames((isObject ? thrown.get(error) : lastThrown) ?? framesOfStack(error));
}

// A thread of its own, since a loop without end keeps this one from doing anything. It pauses this
// one when time is almost up; a message makes it run where it only waits.
function startWatcher() {
  const worker = new Worker(`
    const { parentPort } = require('node:worker_threads');
    const { Session } = require('node:inspector');
    parentPort.once('message', (time) => setTimeout(() => {
      const session = new Session();
      session.connectToMainThread();
      session.on('Debugger.paused', () => session.post('Debugger.resume'));
      session.post('Debugger.enable');
      session.post('Debugger.pause', () => setTimeout(() => parentPort.postMessage(''), 50));
    }, time - Date.now()));`, { eval: true });
  worker.on('message', () => {});
  worker.unref();
  return worker;
}

// --- tests ----------------------------------------------------------------------------------------

const causeOf = (error) => (error?.code === 'ERR_TEST_FAILURE' ? error.cause : error);

// node:test tells what it does by events. Names of nested tests are joined: "suite > test".
async function* reporter(events) {
  const names = [];
  let good = true;
  let canaries = 0;
  for await (const { type, data } of events) {
    if (type === 'test:start') names[data.nesting] = data.name;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const name = [...names.slice(0, data.nesting), data.name].join(' > ');
    if (data.details?.type === 'suite') continue;
    const cause = causeOf(data.details?.error);
    const skipped = data.skip !== undefined || data.todo !== undefined;
    const outcome = skipped ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
    if (name === 'canary' && outcome === 'failed') canaries += 1;
    writeRecord(descriptor, 'test', name, outcome, cause?.message ?? cause ?? '');
    writeRecord(descriptor, 'planned', name);
    if (outcome !== 'failed' || name === 'canary') continue;
    good = false;
    if (data.details?.error?.failureType === 'subtestsFailed') continue;  // says nothing new
    process.stderr.write(`--- ${name}\n${cause?.stack ?? cause}\n`);
    writeFailure(cause);
  }
  writeRecord(descriptor, 'end', token);
  process.exitCode = good && canaries === 1 ? 0 : 1;
}
module.exports = reporter;

// Must fail: a program that has disarmed node:test or its assertions makes it pass.
function plantCanary() {
  require('node:test').test('canary', () => require('node:assert').strictEqual(1, 2));
}

// --- beginning ------------------------------------------------------------------------------------

// Whether Node takes the file for one of ECMAScript's own modules, by its ending or by the package
// it belongs to; nothing where it would look at its words.
function isModule(path) {
  if (!path.endsWith('.js')) return path.endsWith('.mjs');
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      const { type } = JSON.parse(fs.readFileSync(join(folder, 'package.json'), 'utf8'));
      return type === undefined ? undefined : type === 'module';
    } catch { }
    if (folder === dirname(folder)) return undefined;
  }
}
const looksLikeModule = (path) =>
  /^\s*(import|export)\b(?!\s*\()/m.test(fs.readFileSync(path, 'utf8'));

async function load(path, module) {
  if (module) await import(pathToFileURL(path).href);
  else require('node:module').runMain(path);
}

function main() {
  const watcher = startWatcher();
  const post = openInspector();
  process.setSourceMapsEnabled(true);
  const asked = Date.now();
  const task = receive();
  // The deadline began when the task was sent: before this process started, or while it waited.
  const waited = Date.now() - asked > 10;
  const begun = waited ? Date.now() : performance.timeOrigin;
  for (const name of Object.keys(process.env)) delete process.env[name];
  for (const pair of task.env) {
    const equals = pair.indexOf('=');
    process.env[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  process.chdir(task.folder);
  descriptor = fs.openSync(task.records, 'wx', 0o600);
  // Given back when the program has filled everything else: that is worth telling.
  reserve = `${task.records}-reserve`;
  fs.writeFileSync(reserve, Buffer.alloc(reservedBytes));
  token = task.token ?? '';
  watcher.postMessage(begun + Number(task.watch_after_ms));
  process.argv = [process.argv[0], task.file, ...task.argument];
  const tests = task.mode === 'tests';
  const program = task.program ?? task.file;
  // Of what a test or a module throws, V8 believes that somebody catches it.
  // An error of what Node starts itself is told to nobody.
  const module = isModule(program) ?? (tests && looksLikeModule(program));
  const state = tests || module ? 'all' : 'uncaught';
  post('Debugger.setPauseOnExceptions', { state });
  process.on('uncaughtExceptionMonitor', writeFailure);
  // As a program started by itself, it fails by an error that nobody caught.
  const loaded = load(program, module);
  if (!tests) return;
  // node:test would take an error for one of a test that has ended, and go on.
  loaded.then(plantCanary, (error) => {
    writeFailure(error);
    process.stderr.write(`${error?.stack ?? error}\n`);
    process.exit(1);
  });
}

if (require.main === module) main();
