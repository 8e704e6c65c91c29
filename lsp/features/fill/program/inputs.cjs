// Inputs near the examples': at the edges of their types, and one change away from them.
'use strict';
const { keyOf } = require('./values.cjs');

const mostTries = 2000;

// Always the same numbers, from 0 to 1.
function makeDraw(seed = 1) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  return { random, below: (n) => Math.floor(random() * n),
    choice: (all) => all[Math.floor(random() * all.length)] };
}

function numbersNear(value, draw) {
  if (!Number.isInteger(value)) return [value + 1, 0, value / 2, value * 2, -value, 1, value - 1];
  return [value + 1, 0, value * 2, 1, value - 1, value * 10 + 3, 1 + draw.below(59), -value || 0, 2,
    Math.floor(value / 2), value + 2, 10, -1, 3, value + 10, 100];
}

function textsNear(value, draw) {
  if (value === '') return ['a', ' ', 'ab', 'A b', '7'];
  const at = draw.below(value.length);
  const before = value.slice(0, at);
  const swapped = [...value].map((letter) =>
    (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())).join('');
  return [
    `${value} ${value}`, swapped, '', ` ${value} `, [...value].reverse().join(''),
    before + value[at] + value.slice(at), before + draw.choice([...'aeZ0 -_.x']) + value.slice(at),
    before + value.slice(at + 1), value + value, value[0], value.toUpperCase(), value + value[0],
    value.slice(0, -1), value.slice(1), `${value} `];
}

function shuffled(rows, draw) {
  const made = [...rows];
  for (let at = made.length - 1; at > 0; at -= 1) {
    const other = draw.below(at + 1);
    [made[at], made[other]] = [made[other], made[at]];
  }
  return made;
}

// An empty row says nothing of its elements: `like` is what another example has in its place.
function rowsNear(rows, draw, like) {
  if (rows.length === 0) {
    return like.length === 0 ? [[0], [1, 2], [3, 3]] : [like.slice(0, 1), like.slice(0, 2), like];
  }
  const at = draw.below(rows.length);
  const changed = rows.with(at, near(rows[at], draw));
  const added = rows.toSpliced(at, 0, near(rows[at], draw));
  return [
    [...rows, rows[0]], changed, [], rows.toReversed(), added, [...rows, ...rows],
    shuffled(rows, draw), rows.slice(0, 1), rows.slice(0, -1), changed, rows.slice(1), changed,
    rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))];
}

// Objects that all have the same keys are records, which keep them.
function tablesNear(value, draw) {
  const entries = Object.entries(value);
  const changed = () => Object.fromEntries(entries.map(([key, each]) =>
    [key, draw.random() < 0.5 ? near(each, draw) : each]));
  if (draw.records || entries.length === 0) return [changed(), changed()];
  return [changed(), {}, Object.fromEntries(entries.toReversed()),
    Object.fromEntries(entries.slice(1))];
}

// Of each object in a value.
function keySetsIn(value, found = []) {
  if (value === null || typeof value !== 'object') return found;
  if (!Array.isArray(value)) found.push(Object.keys(value));
  Object.values(value).forEach((each) => keySetsIn(each, found));
  return found;
}

const keysOf = (value) => [...new Set(keySetsIn(value).flat())];

function areRecords(value) {
  const sets = keySetsIn(value).map((keys) => keys.join());
  return sets.length > 1 && new Set(sets).size === 1;
}

// Other values of that type, those that tell most first.
function allNear(value, draw, like = []) {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return numbersNear(value, draw);
  if (typeof value === 'string') return textsNear(value, draw);
  if (Array.isArray(value)) return rowsNear(value, draw, like);
  const plain = value !== null && typeof value === 'object' &&
    Object.getPrototypeOf(value)?.constructor?.name === 'Object';
  return plain ? tablesNear(value, draw) : [value];
}

const near = (value, draw) => draw.choice(allNear(value, draw));

function hasNegative(value) {
  if (typeof value === 'number') return value < 0;
  return value !== null && typeof value === 'object' && Object.values(value).some(hasNegative);
}

// Each kind of change once for each place, and so on with other examples.
function* oneChangeAway(calls, draw) {
  const largest = calls.toSorted((a, b) => keyOf(b).length - keyOf(a).length);
  for (let turn = 0; turn < 40; turn += 1) {
    for (let place = 0; place < calls[0].length; place += 1) {
      const from = largest[turn % largest.length];
      const options = allNear(from[place], draw, draw.like(place));
      yield from.with(place, options[turn % options.length]);
    }
  }
}

// What several examples have, changed at some places.
function* mixed(calls, draw) {
  for (let turn = 0; turn < mostTries; turn += 1) {
    const made = [...draw.choice(calls)];
    const other = draw.choice(calls);
    for (let place = 0; place < made.length; place += 1) {
      if (draw.random() < 0.3) made[place] = other[place];
      if (draw.random() < 0.6 || made.length === 1) {
        made[place] = draw.choice(allNear(made[place], draw, draw.like(place)));
      }
    }
    yield made;
  }
}

// At most `count` inputs that are none of the examples', always the same ones. Numbers are negative
// only where some of the examples' are.
function inputsNear(calls, count) {
  if (calls.length === 0 || calls[0].length === 0) return [];
  const draw = makeDraw();
  draw.records = areRecords(calls);
  draw.like = (place) => calls.map((each) => each[place]).find((each) =>
    Array.isArray(each) && each.length > 0);
  const negative = hasNegative(calls);
  const seen = new Set(calls.map(keyOf));
  const found = [];
  const take = (source, most) => {
    for (const made of source) {
      if (found.length >= most) return;
      const key = keyOf(made);
      if (seen.has(key) || (!negative && hasNegative(made))) continue;
      seen.add(key);
      found.push(made);
    }
  };
  // Most of the few inputs are one change away, and some are not.
  take(oneChangeAway(calls, draw), Math.ceil(count * 0.75));
  take(mixed(calls, draw), count);
  return found;
}

module.exports = { areRecords, hasNegative, inputsNear, keysOf };
