// What is made by going through a row: map, filter, some, every, find, reduce, and sorting by a key.
//
// What stands in a loop is a space of its own: its inputs are all elements of the row on all inputs
// of the function, so that a body is evaluated like any other expression.
'use strict';
const { binding } = require('./operators.cjs');
const { Expression, Space } = require('./space.cjs');
const { checked, elementOf, ERROR } = require('./values.cjs');

const mostLoops = 8;
const mostElements = 600; // of a row on all inputs together
const mostBodies = 2000; // of a cost

function singular(name) {
  if (/^(people|men|women)$/.test(name)) return name === 'people' ? 'person' : '';
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  if (/(x|s|ch|sh)es$/.test(name)) return name.slice(0, -2);
  return name.endsWith('s') && name.length > 2 ? name.slice(0, -1) : '';
}

// A name for an element that reads well.
function variableOf(row, taken) {
  const names = [singular(row.text)];
  if (row.text.startsWith('[...') && row.tag === 'list[string]') names.push('letter');
  if (row.text.includes('.split(')) names.push('word');
  names.push('each', 'item', 'value', 'one');
  return names.find((name) => /^[A-Za-z_]\w*$/.test(name) && !taken.has(name)) ?? 'each_';
}

class Loop {
  constructor(row, outer, leaves, names) {
    Object.assign(this, { row, outer, cost: isUsual(row) ? 1 : row.cost, places: [], fresh: [] });
    const elements = [];
    let given = 0;
    row.vector.forEach((value, place) => {
      if (value !== ERROR) {
        elements.push(...value);
        for (const _ of value) this.places.push(place);
      }
      if (place + 1 === outer.given) given = elements.length;
    });
    this.usable = given > 0 && elements.length <= mostElements;
    if (!this.usable) return;
    this.elements = elements;
    this.space = new Space({ given, operators: outer.inner, deadline: outer.deadline,
      undefinedMeans: outer.undefinedMeans,
      found: (each) => { if (each.loops) this.fresh.push(each); } });
    this.addVariables(names);
    for (const each of leaves) {
      if (each.text === row.text) continue;
      const vector = this.places.map((place) => each.vector[place]);
      this.space.addLeaf(vector, each.text, { cost: each.cost, fixed: each.fixed });
    }
  }

  addVariables(names) {
    const pairs = this.row.tag.startsWith('list[list') &&
      this.elements.every((each) => each.length === 2);
    if (!pairs) {
      this.variable = variableOf(this.row, names);
      this.parameter = this.variable;
      this.space.addLeaf(this.elements, this.variable, { loops: true });
      return;
    }
    const table = this.row.text.startsWith('Object.entries(');
    const both = table ? ['key', 'value'] : ['one', 'other'];
    this.parameter = `[${both.join(', ')}]`;
    both.forEach((name, place) =>
      this.space.addLeaf(this.elements.map((each) => each[place]), name, { loops: true }));
  }

  // The elements' values as a row for each input; ERROR where one of them has none.
  rowsOf(vector) {
    const rows = this.row.vector.map((value) => (value === ERROR ? ERROR : []));
    vector.forEach((value, at) => {
      const place = this.places[at];
      if (value === ERROR) rows[place] = ERROR;
      else if (rows[place] !== ERROR) rows[place].push(value);
    });
    return rows;
  }

  // Adds to the outer space what this loop makes at that cost.
  grow(cost) {
    const inner = cost - this.cost;
    if (inner < 1) return;
    if (inner > 1) {
      this.fresh = [];
      this.space.grow(inner);
    }
    for (const body of this.fresh.slice(0, mostBodies)) {
      if (body.tag === 'boolean') this.chosen(body, cost);
      if (body.text !== this.variable) this.collected(body, cost);
    }
  }

  add(vector, write, cost) {
    this.outer.add(vector, () => new Expression(vector, write, binding.postfix), cost);
  }

  addCall(name, body, vector, cost) {
    this.add(vector, () => `${this.row.text}.${name}((${this.parameter}) => ${body.text})`, cost);
  }

  chosen(condition, cost) {
    const holds = this.rowsOf(condition.vector);
    const over = (choose) => this.row.vector.map((row, place) =>
      (row === ERROR || holds[place] === ERROR ? ERROR : choose([...row], holds[place])));
    this.addCall('filter', condition, over((row, its) => row.filter((_, i) => its[i])), cost);
    this.addCall('every', condition, over((row, its) => its.every(Boolean)), cost);
    this.addCall('some', condition, over((row, its) => its.some(Boolean)), cost);
    this.addCall('find', condition, over((row, its) => {
      const at = its.indexOf(true);
      return at < 0 && !this.outer.undefinedMeans ? ERROR : row[at];
    }), cost + 1);
  }

  collected(body, cost) {
    const rows = this.rowsOf(body.vector);
    this.addCall('map', body, rows, cost);
    if (body.tag === 'number') this.summed(body, rows, cost);
    if (this.variable && ['number', 'string'].includes(body.tag)) this.keyed(body, rows, cost);
  }

  summed(body, rows, cost) {
    const text = () => (body.binds < binding.sum ? `(${body.text})` : body.text);
    const sums = rows.map((row) =>
      (row === ERROR ? ERROR : checked(row.reduce((sum, each) => sum + each, 0))));
    this.add(sums,
      () => `${this.row.text}.reduce((sum, ${this.parameter}) => sum + ${text()}, 0)`, cost + 1);
  }

  // Sorted by what the body says of an element, and the element for which that is largest.
  keyed(body, keys, cost) {
    const named = (name) => body.text.replace(new RegExp(`\\b${this.variable}\\b`, 'g'), name);
    const by = (choose) => this.row.vector.map((row, place) =>
      (row === ERROR || keys[place] === ERROR ? ERROR : choose([...row], keys[place])));
    const add = (vector, text) => this.add(vector, () => text, cost + 2);
    const row = this.row.text;
    const sorted = (sign) => by((values, its) => values.map((_, i) => i)
      .sort((a, b) => sign * (its[a] - its[b])).map((i) => values[i]));
    const best = (sign) => by((values, its) => (values.length === 0 ? ERROR : values[its.reduce(
      (first, key, i) => ((key > its[first] ? 1 : key < its[first] ? -1 : 0) === sign ? i : first),
      0)]));
    if (/['"`]/.test(body.text)) return;
    if (body.tag === 'number' && body.binds > binding.sum) {
      add(sorted(1), `[...${row}].sort((a, b) => ${named('a')} - ${named('b')})`);
      add(sorted(-1), `[...${row}].sort((a, b) => ${named('b')} - ${named('a')})`);
    }
    if (body.binds > binding.relation) {
      for (const [sign, way] of [['>', 1], ['<', -1]]) {
        const choice = `${named('one')} ${sign} ${named('best')} ? one : best`;
        add(best(way), `${row}.reduce((best, one) => (${choice}))`);
      }
    }
  }
}

// What is gone through as a matter of course costs no more than a name.
function isUsual(row) {
  return /^Array\.from\(|^Object\.entries\(\w+\)$|\.split\(' '\)$|^\[\.\.\.\w+\]$/.test(row.text);
}

// The rows that are worth going through, the likeliest first.
function loopsOf(space, leaves, names) {
  const rows = [1, 2, 3].flatMap((cost) => space.of(cost, (tag) => tag.startsWith('list')))
    .flatMap(([tag, all]) => (elementOf(tag) === '' ? [] : all))
    .filter((each) => !each.fixed && each.binds >= binding.postfix &&
      (each.cost === 1 || isUsual(each)));
  const weight = (each) => each.cost - (isUsual(each) && each.cost > 1 ? 0.75 : 0);
  rows.sort((a, b) => weight(a) - weight(b));
  const loops = rows.slice(0, 2 * mostLoops).map((row) => new Loop(row, space, leaves, names));
  return loops.filter((loop) => loop.usable).slice(0, mostLoops);
}

module.exports = { loopsOf };
