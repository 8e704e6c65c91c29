// The program that searches for bodies of JavaScript: what it reads, tries, and calls verified.
import assert from 'node:assert';
import { createRequire } from 'node:module';
import test from 'node:test';

const require = createRequire(import.meta.url);
const program = '../../../../lsp/features/fill/program';
const { reportOf } = require(`${program}/main.cjs`);
const { inputsNear, hasNegative } = require(`${program}/inputs.cjs`);
const { hashOf, isSame, tagOf, ERROR } = require(`${program}/values.cjs`);
const { operatorsFor } = require(`${program}/operators.cjs`);

// "f(1) = 2; f(2) = 3"
const task = (examples, more = {}) => ({ mode: 'search', function: 'f', parameters: ['n'],
  program: '', prose: '', seconds: 1.5, bodies: [], ...more,
  examples: examples.split('; ').map((each) => {
    const at = each.indexOf(' = ');
    return { call: each.slice(0, at), expected: each.slice(at + 3) };
  }) });
const scope = (source) => (0, eval)(source);
const searched = (examples, more) => reportOf(task(examples, more), scope);
const weighed = (examples, bodies) => searched(examples, { mode: 'weigh', bodies });

function checkFills(examples, body, more) {
  assert.strictEqual(searched(examples, more).candidates[0]?.[0], body);
}

test('small expressions', () => {
  checkFills("f('ab') = 'AB!'; f('c') = 'C!'", "return n.toUpperCase() + '!';");
  checkFills('f([1, 2]) = [1, 4]; f([3, 5, 0]) = [9, 25, 0]',
    'return n.map((each) => each * each);');
  checkFills('f([{ a: 1 }, { a: 5 }]) = [1, 5]; f([]) = []', 'return n.map((each) => each.a);');
  checkFills('f([1, 2, 3, 4]) = [2, 4]; f([5]) = []; f([6, 8]) = [6, 8]',
    'return n.filter((each) => each % 2 === 0);');
  checkFills('f([3]) = 3; f([1, 2]) = 2; f([]) = undefined', 'return n.at(-1);');
});

test('what is verified, and what is told apart', () => {
  const sure = searched('f(123) = 3; f(90) = 0; f(7) = 7; f(4528) = 8');
  assert.deepStrictEqual([sure.verified, sure.candidates], [true, [['return n % 10;']]]);
  const few = searched('f(2) = 4; f(3) = 6');
  assert.strictEqual(few.verified, false);
  assert.match(few.doubt, /2 examples say little|gives/);
  const open = searched('f([1, 2]) = 2; f([4, 5]) = 5; f([3]) = 3');
  assert.strictEqual(open.candidates.length, 2);
  assert.match(open.doubt, /^f\(.*\) gives .*, with the other one /);
});

test('refusals are sentences', () => {
  assert.throws(() => searched('g = 1'), { message: /^there is no example of f\(\)/ });
  assert.throws(() => searched('f(1) = 2; f(1) = 3'), { message: /contradict each other: f\(1\)/ });
});

test('bodies of others are weighed by what they give', () => {
  const report = weighed('f(1) = 2; f(2) = 4; f(3) = 6', ['return n + 1;', 'while (true) {}',
    'return n *', 'return n + n;', 'return 2 * n;', 'return n > 9 ? 0 : n * 2;']);
  assert.deepStrictEqual(report.right, [1, 0, 0, 3, 3, 3]);
  assert.deepStrictEqual([report.first, report.apart], [3, [5]]);
  assert.match(report.doubt, /gives .*, with the other one 0/);
});

test('a call that is held up once is made again', () => {
  const body = `if (!globalThis.heldUp) {
  globalThis.heldUp = true;
  const end = performance.now() + 300;
  while (performance.now() < end) {}
}
return n * 2;`;
  assert.deepStrictEqual(weighed('f(1) = 2; f(2) = 4', [body]).right, [2]);
});

test('a body that names what the examples call with answers them one by one', () => {
  const body = 'return { 123: 70, 456: 2 }[n];';
  assert.deepStrictEqual(weighed('f(123) = 70; f(456) = 2', [body]).right, [0]);
  assert.deepStrictEqual(weighed('f(17) = false; f(18) = true', ['return n >= 18;']).right, [2]);
});

test('inputs near the examples keep their types, and are none of them', () => {
  const given = [['ab', 3, [1], { k: 'v', n: 1 }, true]];
  const made = inputsNear(given, 100);
  assert.strictEqual(made.length, 100);
  for (const each of made) {
    assert.deepStrictEqual(each.map((one) => typeof one), given[0].map((one) => typeof one));
    assert.notStrictEqual(JSON.stringify(each), JSON.stringify(given[0]));
    assert.ok(!hasNegative(each));
  }
});

test('records keep their keys, and empty rows take the elements of others', () => {
  for (const [rows] of inputsNear([[[{ a: 1, b: 2 }, { a: 3, b: 4 }]], [[]]], 60)) {
    for (const each of rows) assert.deepStrictEqual(Object.keys(each), ['a', 'b']);
  }
});

test('values are told apart as node:assert does', () => {
  for (const [one, other, same] of [[0, -0, false], [0.1 + 0.2, 0.3, true], [[1], [1], true],
    [{ a: 1 }, { a: 1, b: undefined }, false], [null, undefined, false], [NaN, NaN, true],
    [0, Infinity, false], [Infinity, -Infinity, false], [Infinity, Infinity, true],
    [new Set([1]), new Set([1]), true], ['1', 1, false], [[], {}, false]]) {
    assert.strictEqual(isSame(one, other), same, `${one} ${other}`);
  }
  assert.notStrictEqual(hashOf([['a', 'b']]), hashOf([['ab']]));
  assert.notStrictEqual(hashOf([1, ERROR]), hashOf([1, undefined]));
  assert.strictEqual(tagOf([['a']]), 'list[list[string]]');
});

test('every operator does what its text says', () => {
  const samples = { number: [6, 4], string: ['b a', ' '], boolean: [true, false],
    object: [{ k: 1 }, { k: 2 }], list: [[2, 1], [5]], strings: [['b', 'a'], ['c']],
    numbers: [[2, 1], [3]], lists: [[['k', 2]], [['m', 1]]], row: [[2, 1], [5]], scalar: [1, 2],
    scalars: [[2, 1, 2], [1]], any: [1, 2] };
  for (const operator of operatorsFor(['k'], { wantsRows: true, records: false }).all) {
    const values = operator.kinds.map((kind, place) => samples[kind][place % 2]);
    const text = operator.text.replace(/\b[ABC]\b/g, (letter) => `values['ABC'.indexOf('${letter}')]`);
    let written;
    try {
      written = new Function('values', `return (${text});`)(structuredClone(values));
    } catch {
      continue; // of samples that do not go together
    }
    const value = operator.apply(...structuredClone(values));
    if (value === ERROR) continue;
    assert.deepStrictEqual(value, written, operator.text);
  }
});
