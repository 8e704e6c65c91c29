// Runs one JavaScript file or its tests inside lemma's sandbox, and writes down what happened.
//
// Like python.py: waits on descriptor 3 for records that name the file, answers in records.
'use strict';
const fs = require('node:fs');

const maxFrames = 40;

const escape = (text) =>
  String(text).replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
const unescape = (text) =>
  text.replace(/\\([\\tnr])/g, (_, c) => ({ '\\': '\\', t: '\t', n: '\n', r: '\r' })[c]);

function writeRecord(descriptor, ...fields) {
  fs.writeSync(descriptor, fields.map(escape).join('\t') + '\n');
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

// Calls as V8 lists them, the innermost first.
function writeFailure(descriptor, error) {
  const type = error?.name ?? typeof error;
  writeRecord(descriptor, 'failure', type, `${type}: ${error?.message ?? error}`);
  const frames = [];
  for (const line of String(error?.stack ?? '').split('\n')) {
    const found = /^\s+at (?:(.+) \()?(?:file:\/\/)?(\/.+):(\d+):\d+\)?$/.exec(line);
    if (!found || found[2] === __filename) continue;
    const named = found[1] !== undefined && !found[1].endsWith('<anonymous>');
    frames.push([found[2], found[3], named ? found[1] : '<module>']);
  }
  for (const frame of frames.slice(0, maxFrames).reverse()) {
    writeRecord(descriptor, 'frame', ...frame);
  }
}

// node:test tells what it does by events; a reporter turns them into records.
async function runTests(task, descriptor) {
  const { run } = require('node:test');
  const plan = [];
  let good = true;
  const events = run({ files: [task.file], concurrency: 1 });
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.name === task.file || data.details?.type === 'suite') continue;
    const outcome = data.skip !== undefined ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
    const cause = data.details?.error?.cause ?? data.details?.error;
    plan.push(data.name);
    writeRecord(descriptor, 'test', data.name, outcome, cause?.message ?? cause ?? '');
    if (outcome === 'failed') {
      good = false;
      process.stderr.write(`--- ${data.name}\n${cause?.stack ?? cause}\n`);
    }
  }
  for (const name of plan) writeRecord(descriptor, 'planned', name);
  writeRecord(descriptor, 'end', task.token ?? '');
  process.exitCode = good ? 0 : 1;
}

function main() {
  const task = receive();
  for (const name of Object.keys(process.env)) delete process.env[name];
  for (const pair of task.env) {
    const equals = pair.indexOf('=');
    process.env[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  process.chdir(task.folder);
  const descriptor = fs.openSync(task.records, 'wx', 0o600);
  process.argv = [process.argv[0], task.file, ...task.argument];
  if (task.mode === 'tests') {
    runTests(task, descriptor);
    return;
  }
  process.on('uncaughtExceptionMonitor', (error) => writeFailure(descriptor, error));
  if (task.file.endsWith('.mjs')) {
    import(require('node:url').pathToFileURL(task.file).href);
  } else {
    require('node:module').runMain(task.file);
  }
}

main();
