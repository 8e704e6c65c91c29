// The operators and builtins of which expressions are made.
//
// A row is: the kinds of its operands; how it is written, with a letter for each operand; how
// tightly it binds; what it does; how tightly each operand must bind, where it is not within
// brackets. Kinds are checked before anything is evaluated; what comes of it says itself of which
// type it is.
'use strict';
const { checked, elementOf, ERROR } = require('./values.cjs');

const binding = { atom: 14, postfix: 13, unary: 12, power: 11, product: 10, sum: 9, relation: 8,
  equality: 7, and: 5, or: 4, choice: 2 };
const { atom, postfix, unary, power, product, sum, relation, equality, and, or } = binding;

const isList = (tag) => tag.startsWith('list');
const kinds = {
  number: (tag) => tag === 'number',
  string: (tag) => tag === 'string',
  boolean: (tag) => tag === 'boolean',
  object: (tag) => tag === 'object',
  list: isList,
  strings: (tag) => tag === 'list[string]',
  numbers: (tag) => tag === 'list[number]',
  lists: (tag) => tag.startsWith('list[list'),
  row: (tag) => isList(tag) || tag === 'string',
  scalar: (tag) => ['number', 'string', 'boolean'].includes(tag),
  scalars: (tag) => ['list[number]', 'list[string]', 'list[boolean]'].includes(tag),
  any: () => true,
};

const same = ([one, other]) => one === other;
const itsElement = ([row, element]) => elementOf(row) === element;

// `cost` is 2 for what is as unlikely as two of the others. `twice`: of one thing twice it makes
// sense. `commutes`: its operands may change places.
function row(its, text, binds, apply, options = {}) {
  return { kinds: its, text, binds, apply, cost: 1, inner: [], fits: undefined, commutes: false,
    twice: false, matches: its.map((kind) => kinds[kind]), ...options };
}
const infix = (sign, binds, its, apply, options) =>
  row(its, `A ${sign} B`, binds, apply, { inner: [binds - 1, binds], ...options });
// Its operands stand between brackets or commas.
const call = (text, its, apply, options) => row(its, text, postfix, apply, options);
// Its first operand stands before a dot or a bracket.
const method = (text, its, apply, options) =>
  row(its, text, postfix, apply, { inner: [postfix - 1], ...options });
const rare = { cost: 2 };
const two = ['number', 'number'];

const arithmetic = [
  infix('*', product, two, (a, b) => checked(a * b), { commutes: true, twice: true }),
  infix('+', sum, two, (a, b) => checked(a + b), { commutes: true, twice: true }),
  infix('-', sum, two, (a, b) => checked(a - b)),
  infix('/', product, two, (a, b) => checked(a / b)),
  infix('%', product, two, (a, b) => a % b),
  row(two, 'A ** B', power, (a, b) => (Math.abs(b) > 12 ? ERROR : checked(a ** b)),
    { inner: [unary, unary - 1], ...rare }),
  row(['number'], '-A', unary, (a) => -a, { inner: [unary] }),
  row(['number'], 'A % 2 === 0', equality, (a) => a % 2 === 0, { inner: [product - 1], ...rare }),
  row(['number'], 'A % 2 === 1', equality, (a) => a % 2 === 1, { inner: [product - 1], ...rare }),
  call('Math.abs(A)', ['number'], Math.abs),
  call('Math.min(A, B)', two, (a, b) => Math.min(a, b), { commutes: true }),
  call('Math.max(A, B)', two, (a, b) => Math.max(a, b), { commutes: true }),
  call('Math.floor(A)', ['number'], Math.floor),
  call('Math.ceil(A)', ['number'], Math.ceil, rare),
  call('Math.round(A)', ['number'], Math.round),
  call('Math.sqrt(A)', ['number'], (a) => (a < 0 ? ERROR : Math.sqrt(a)), rare),
  call('Math.sign(A)', ['number'], Math.sign, rare),
];

const logic = [
  infix('===', equality, ['scalar', 'scalar'], (a, b) => a === b, { commutes: true, fits: same }),
  infix('!==', equality, ['scalar', 'scalar'], (a, b) => a !== b, { commutes: true, fits: same }),
  infix('<', relation, two, (a, b) => a < b),
  infix('<=', relation, two, (a, b) => a <= b),
  infix('>', relation, two, (a, b) => a > b),
  infix('>=', relation, two, (a, b) => a >= b),
  infix('<', relation, ['string', 'string'], (a, b) => a < b, rare),
  infix('>', relation, ['string', 'string'], (a, b) => a > b, rare),
  row(['boolean'], '!A', unary, (a) => !a, { inner: [unary - 1] }),
  infix('&&', and, ['boolean', 'boolean'], (a, b) => a && b, { commutes: true }),
  infix('||', or, ['boolean', 'boolean'], (a, b) => a || b, { commutes: true }),
];

const text = [
  infix('+', sum, ['string', 'string'], (a, b) => checked(a + b), { twice: true }),
  infix('+', sum, ['string', 'number'], (a, b) => a + b),
  infix('+', sum, ['number', 'string'], (a, b) => a + b),
  method('A.toUpperCase()', ['string'], (a) => a.toUpperCase()),
  method('A.toLowerCase()', ['string'], (a) => a.toLowerCase()),
  method('A.trim()', ['string'], (a) => a.trim(), rare),
  method('A.split(B)', ['string', 'string'], (a, b) => a.split(b)),
  method("A.split(' ')", ['string'], (a) => a.split(' ')),
  method('A.split(/\\s+/)', ['string'], (a) => a.split(/\s+/), rare),
  call('[...A]', ['string'], (a) => [...a], rare),
  method("A.join('')", ['strings'], (a) => a.join('')),
  method('A.join(B)', ['scalars', 'string'], (a, b) => checked(a.join(b))),
  method('A.startsWith(B)', ['string', 'string'], (a, b) => a.startsWith(b), rare),
  method('A.endsWith(B)', ['string', 'string'], (a, b) => a.endsWith(b), rare),
  method('A.repeat(B)', ['string', 'number'], (a, b) => (b < 200 ? checked(a.repeat(b)) : ERROR)),
  method('A.replaceAll(B, C)', ['string', 'string', 'string'],
    (a, b, c) => checked(a.replaceAll(b, c))),
  method('A.padStart(B, C)', ['string', 'number', 'string'],
    (a, b, c) => (b < 200 ? a.padStart(b, c) : ERROR)),
  method('A.toFixed(B)', two, (a, b) => a.toFixed(b), rare),
  call('Number(A)', ['string'], Number, rare),
  call('String(A)', ['number'], String),
  method('A.charCodeAt(B)', ['string', 'number'], (a, b) => a.charCodeAt(b), { cost: 3 }),
];

const rows = [
  method('A.length', ['row'], (a) => a.length),
  method('A.includes(B)', ['string', 'string'], (a, b) => a.includes(b)),
  method('A.includes(B)', ['list', 'scalar'], (a, b) => a.includes(b), { fits: itsElement }),
  method('A.indexOf(B)', ['string', 'string'], (a, b) => a.indexOf(b), rare),
  method('A.indexOf(B)', ['list', 'scalar'], (a, b) => a.indexOf(b), { fits: itsElement, ...rare }),
  method('A[B]', ['row', 'number'], (a, b) => a[b]),
  method('A[0]', ['row'], (a) => a[0]),
  method('A.at(-1)', ['row'], (a) => a.at(-1)),
  method('A.slice(1)', ['row'], (a) => a.slice(1), rare),
  method('A.slice(0, -1)', ['row'], (a) => a.slice(0, -1), rare),
  method('A.slice(B)', ['row', 'number'], (a, b) => a.slice(b)),
  method('A.slice(0, B)', ['row', 'number'], (a, b) => a.slice(0, b)),
  method('A.slice(B, C)', ['row', 'number', 'number'], (a, b, c) => a.slice(b, c)),
  call('[...A].reverse()', ['list'], (a) => a.toReversed()),
  method("A.split('').reverse().join('')", ['string'], (a) => [...a].reverse().join(''), rare),
  call('[...A].sort()', ['strings'], (a) => a.toSorted()),
  call('[...A].sort((a, b) => a - b)', ['numbers'], (a) => a.toSorted((b, c) => b - c)),
  call('[...A].sort((a, b) => b - a)', ['numbers'], (a) => a.toSorted((b, c) => c - b)),
  call('Math.max(...A)', ['numbers'], (a) => checked(Math.max(...a))),
  call('Math.min(...A)', ['numbers'], (a) => checked(Math.min(...a))),
  method('A.reduce((sum, each) => sum + each, 0)', ['numbers'],
    (a) => a.reduce((total, each) => total + each, 0)),
  method('A.reduce((product, each) => product * each, 1)', ['numbers'],
    (a) => checked(a.reduce((total, each) => total * each, 1)), rare),
  call('[...new Set(A)]', ['scalars'], (a) => [...new Set(a)], rare),
  call('new Set(A).size', ['scalars'], (a) => new Set(a).size, { cost: 3 }),
  method('A.filter(Boolean)', ['list'], (a) => a.filter(Boolean)),
  method('A.map(Number)', ['strings'], (a) => a.map(Number), rare),
  method('A.flat()', ['lists'], (a) => checked(a.flat())),
  call('[...A, ...B]', ['list', 'list'], (a, b) => checked([...a, ...b])),
  call('[...A, B]', ['list', 'any'], (a, b) => [...a, b], { fits: itsElement }),
];

// Only where the examples' results hold rows.
const pairs = [
  call('[A]', ['scalar'], (a) => [a], rare),
  call('[A, B]', ['any', 'any'], (a, b) => [a, b]),
];
// Not within a loop: what makes long rows of what is one element there.
const outer = [
  method('A.map((each, i) => [each, B[i]])', ['list', 'list'],
    (a, b) => a.map((each, i) => [each, b[i]]), rare),
  call('Array.from({ length: A }, (_, i) => i)', ['number'], (a) => span(0, a)),
  call('Array.from({ length: A }, (_, i) => i + 1)', ['number'], (a) => span(1, a)),
  call('Object.fromEntries(A)', ['lists'], (a) => Object.fromEntries(a)),
];

const tables = [
  method('A[B]', ['object', 'string'], (a, b) => (Object.hasOwn(a, b) ? a[b] : undefined)),
  call('Object.keys(A)', ['object'], (a) => Object.keys(a)),
  call('Object.values(A)', ['object'], (a) => Object.values(a), rare),
  call('Object.entries(A)', ['object'], (a) => Object.entries(a)),
  call('Object.hasOwn(A, B)', ['object', 'string'], (a, b) => Object.hasOwn(a, b), rare),
];
const merged = call('{ ...A, ...B }', ['object', 'object'], (a, b) => ({ ...a, ...b }));

function span(first, count) {
  if (!Number.isInteger(count) || count < 0 || count > 200) return ERROR;
  return Array.from({ length: count }, (_, i) => first + i);
}

// What the examples' objects have.
const fieldOf = (key) => method(`A.${key}`, ['object'],
  (a) => (Object.hasOwn(a, key) ? a[key] : undefined));
const isWord = (key) => /^[A-Za-z_$][\w$]*$/.test(key);

// The operators for inputs whose objects have such keys, and those of them for bodies of loops.
// `wantsRows`: rows are made of what is no row. `records`: the objects all have these keys, so that
// nobody asks for the keys.
function operatorsFor(keys, { wantsRows, records }) {
  const inner = [...keys.filter(isWord).map(fieldOf), ...arithmetic, ...logic, ...text, ...rows,
    ...(records ? [] : tables), ...(wantsRows ? pairs : [])];
  return { all: [...inner, ...outer, merged], inner };
}

module.exports = { binding, atom, operatorsFor };
