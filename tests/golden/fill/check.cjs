// The part of check.py for JavaScript.
//
//     check.cjs                  whether each function, as it is meant, passes its own examples
//     check.cjs FILE < BODIES    which bodies, a list in JSON, do what is meant on the hidden inputs
//
// These functions are ours and harmless: nothing here needs the sandbox.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { isDeepStrictEqual } = require('node:util');

const fewestInputs = 2;

const nameOf = (file) => path.basename(file).split('.')[0];
const evaluate = (source, name, value) => new Function(name, `return (${source});`)(value);

// Numbers nearly: 1.8 times as much is not to the last bit 9 / 5 times as much.
const isSame = (one, other) => isDeepStrictEqual(one, other) ||
  Number.isFinite(one) && Number.isFinite(other) && Math.abs(one - other) <= 1e-9 * Math.abs(other);

async function hiddenOf(file) {
  const hidden = await import(path.join(path.dirname(file), 'hidden', path.basename(file)));
  return hidden.meant === undefined ? hidden.default : hidden;
}

// Calls and what they give, in comments and in the file of tests beside.
function examplesOf(file) {
  const name = nameOf(file);
  const examples = [];
  let before = '';
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    const text = line.replace(/^ *(\*|\/\/)? ?/, '');
    const [, call, expected] = /^(?:(.*?);? )?\/\/ => (.*)$/.exec(text) ?? [];
    if (expected !== undefined) examples.push([call ?? before.replace(/;$/, ''), expected]);
    before = text;
  }
  const tests = file.replace(/\.(m?js)$/, '.test.$1');
  if (fs.existsSync(tests)) {
    const assertion = new RegExp(`assert.strictEqual\\((${name}\\(.*\\)), (.*)\\);`, 'g');
    for (const [, call, expected] of fs.readFileSync(tests, 'utf8').matchAll(assertion)) {
      examples.push([call, expected]);
    }
  }
  return examples;
}

async function faultOf(file) {
  const { meant, inputs } = await hiddenOf(file);
  const examples = examplesOf(file);
  if (examples.length === 0) return 'it has no examples';
  const name = nameOf(file);
  const wrong = examples.find(([call, expected]) =>
    !isDeepStrictEqual(evaluate(call, name, meant), evaluate(expected, name, meant)));
  if (wrong) return `${wrong[0]} is not ${wrong[1]}`;
  return inputs.length < fewestInputs ? `fewer than ${fewestInputs} hidden inputs` : '';
}

function functionsOf(half) {
  const folder = path.join(__dirname, half);
  return fs.readdirSync(folder).filter((each) => /^\w+\.m?js$/.test(each)).sort()
    .map((each) => path.join(folder, each));
}

async function rightOf(file, bodies) {
  const { meant, inputs } = await hiddenOf(file);
  const [, list] = new RegExp(`${nameOf(file)}(?: =)? ?\\(([^)]*)\\)`).exec(
    fs.readFileSync(file, 'utf8').split('\n').filter((line) => !/^ *(\*|\/\/)/.test(line))
      .join('\n'));
  return bodies.map((body) => {
    const tried = new Function('list', `return function (${list}) {\n${body}\n};`)();
    return inputs.every((given) => {
      try {
        return isSame(tried(...structuredClone(given)), meant(...structuredClone(given)));
      } catch {
        return false;
      }
    });
  });
}

async function main() {
  const [file] = process.argv.slice(2);
  if (file !== undefined) {
    const bodies = JSON.parse(fs.readFileSync(0, 'utf8'));
    console.log(JSON.stringify(await rightOf(path.resolve(file), bodies)));
    return;
  }
  const files = ['tune', 'measure'].flatMap(functionsOf);
  let faults = 0;
  for (const each of files) {
    const fault = await faultOf(each);
    if (fault) console.log(`${path.relative(__dirname, each)}: ${fault}`);
    faults += fault ? 1 : 0;
  }
  console.log(`${files.length} functions of JavaScript, ${faults} faults`);
  process.exitCode = faults > 0 || files.length === 0 ? 1 : 0;
}

main();
