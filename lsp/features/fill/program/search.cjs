// The simplest expressions that pass all examples, and those that miss one.
'use strict';
const { areRecords, inputsNear, keysOf } = require('./inputs.cjs');
const { loopsOf } = require('./loops.cjs');
const { binding, operatorsFor } = require('./operators.cjs');
const { Expression, OutOfTime, Space } = require('./space.cjs');
const { ERROR, hashOf, isSame, tagOf, typeOf } = require('./values.cjs');

const nearInputs = 18; // besides the examples', on which all expressions are told apart
const mostOfMask = 40;
const mostConditions = 3000;
const mostChoices = 200_000;
const scouted = 0.1; // of the time
const mostScouted = 8; // cost
const slack = 1; // as much more may another meaning cost

const quoted = (value) =>
  `'${value.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t')}'`;
const literal = (value) => (typeof value === 'string' ? quoted(value) : String(value));

class Search {
  constructor(known, seconds) {
    this.known = known;
    this.examples = known.examples;
    this.results = known.examples.map((each) => each.result);
    const calls = known.examples.map((each) => each.arguments);
    this.inputs = [...calls, ...inputsNear(calls, nearInputs)];
    this.all = 2 ** this.results.length - 1;
    this.tags = new Set(this.results.map(tagOf));
    if (new Set(this.results.map(typeOf)).size > 1) this.tags.add('mixed');
    this.isList = [...this.tags].some((tag) => tag.startsWith('list'));
    this.ofMask = new Map(); // the results' expressions, by the examples that they pass
    this.passing = [];
    this.complete = 0; // all of that cost were tried
    // By cost: of the results' types how many are right on each example, and how many there are.
    this.tried = new Map();
    this.seconds = seconds;
    this.operators = operatorsFor(keysOf(calls).slice(0, 12), { records: areRecords(calls),
      wantsRows: [...this.tags].some((tag) => tag === 'object' || tag.startsWith('list[list')) });
    this.space = this.makeSpace(seconds, (each) => this.note(each));
    this.space.isPart = (vector) => this.maskOf(vector) !== 0;
  }

  makeSpace(seconds, found) {
    const space = new Space({ given: this.results.length, operators: this.operators.all, found,
      deadline: performance.now() + 1000 * seconds,
      undefinedMeans: this.results.includes(undefined) });
    space.inner = this.operators.inner;
    return space;
  }

  maskOf(vector) {
    let mask = 0;
    this.results.forEach((result, place) => {
      if (isSame(vector[place], result)) mask |= 1 << place;
    });
    return mask;
  }

  // Whether it passes, or nearly.
  note(expression) {
    const { tag, cost } = expression;
    if (tag && !this.tags.has(tag) && !(this.isList && tag.startsWith('list'))) return;
    const mask = this.maskOf(expression.vector);
    if (!this.tried.has(cost)) this.tried.set(cost, new Array(this.results.length + 1).fill(0));
    const counts = this.tried.get(cost);
    counts[this.results.length] += 1;
    for (let place = 0; place < this.results.length; place += 1) {
      counts[place] += (mask >> place) & 1;
    }
    if (mask === this.all) {
      this.passing.push(expression);
    } else if (mask) {
      if (!this.ofMask.has(mask)) this.ofMask.set(mask, []);
      const some = this.ofMask.get(mask);
      if (some.length < mostOfMask) some.push(expression);
    }
  }

  // How many expressions up to that cost would pass if each example's result were as likely as it
  // is among them, whatever the others say.
  byChance(cost) {
    const sums = new Array(this.results.length + 1).fill(0);
    for (const [its, counts] of this.tried) {
      if (its <= cost) counts.forEach((count, place) => { sums[place] += count; });
    }
    const total = sums.pop();
    return sums.reduce((expected, right) => expected * right / total, total);
  }

  // What passes and is made of the parameters and of what the documentation names, before constants
  // and loops make the space wide: that goes deeper in the same time. It is no part of what is said
  // to have been tried.
  scout() {
    const space = this.makeSpace(scouted * this.seconds, (each) => {
      if (this.tags.has(each.tag) && this.maskOf(each.vector) === this.all) this.passing.push(each);
    });
    this.addParameters(space);
    for (const value of [...this.known.numbers, ...this.known.texts]) {
      space.addLeaf(this.inputs.map(() => value), literal(value), { fixed: true });
    }
    for (let cost = 2; cost <= mostScouted && this.passing.length === 0; cost += 1) {
      space.grow(cost);
    }
  }

  addParameters(space) {
    this.known.parameters.forEach((name, place) =>
      space.addLeaf(this.inputs.map((each) => each[place]), name));
    for (const [name, value] of this.known.constants) {
      space.addLeaf(this.inputs.map(() => value), name, { fixed: true });
    }
  }

  // Parameters, and the constants that the examples and the documentation suggest.
  addLeaves() {
    this.addParameters(this.space);
    const { texts, numbers } = this.constants();
    for (const [value, cost] of [...numbers, ...texts]) {
      this.space.addLeaf(this.inputs.map(() => value), literal(value), { cost, fixed: true });
    }
    for (const value of [null, undefined]) {
      if (this.results.includes(value)) {
        this.space.addLeaf(this.inputs.map(() => value), String(value), { fixed: true });
      }
    }
    if (this.isList) this.space.addLeaf(this.inputs.map(() => []), '[]', { fixed: true });
  }

  constants() {
    const numbers = new Map([[0, 1], [1, 1], [2, 1], [-1, 1], [10, 2], [3, 2], [100, 2]]);
    const texts = new Map();
    const note = (map, value, cost) => { if (!map.has(value)) map.set(value, cost); };
    const given = JSON.stringify(this.examples.map((each) => each.arguments)) ?? '';
    const strings = this.results.filter((each) => typeof each === 'string');
    if (given.includes('"') || strings.length > 0) [' ', ''].forEach((each) => note(texts, each, 1));
    if (/vowel/i.test(this.known.name + this.known.prose)) note(texts, 'aeiou', 1);
    const scalars = this.examples.flatMap((each) => [...each.arguments, each.result]);
    for (const value of scalars) {
      if (Number.isInteger(value) && Math.abs(value) < 10_000) note(numbers, value, 2);
    }
    for (const result of strings) {
      const again = strings.filter((each) => each === result).length > 1;
      if (result !== '' && result.length <= 12 && again) note(texts, result, 1);
      // How long a text is made where it is filled up.
      if (strings.filter((each) => each.length === result.length).length > 1) {
        note(numbers, result.length, 2);
      }
      for (const letter of result) {
        const everywhere = strings.length > 1 && strings.every((each) => each.includes(letter));
        const fresh = !given.includes(letter);
        if (everywhere && fresh) texts.set(letter, 1);
        else if (fresh || !/[a-z0-9]/i.test(letter)) note(texts, letter, 2);
      }
    }
    const arguments_ = this.examples.map((each) => JSON.stringify(each.arguments) ?? '');
    for (const letter of ',.-_/:@') {
      const has = arguments_.filter((each) => each.replaceAll('","', '').includes(letter)).length;
      if (has > 0) note(texts, letter, has > 1 && has === arguments_.length ? 1 : 2);
    }
    this.known.numbers.forEach((each) => numbers.set(each, 1));
    this.known.texts.forEach((each) => texts.set(each, 1));
    return { texts: [...texts].slice(0, 14), numbers: [...numbers].slice(0, 16) };
  }

  run() {
    this.inTime(() => this.scout());
    this.addLeaves();
    const leaves = this.space.levels.flatMap((level) => [...level.values()].flat());
    this.inTime(() => this.growAll(leaves));
    for (let more = 1; more <= 3 && this.passing.length === 0; more += 1) {
      this.choose(this.complete + more);
    }
    const keys = new Map(this.passing.map((each) => [each, this.unlikely(each)]));
    this.passing.sort((a, b) => {
      const at = keys.get(a).findIndex((key, i) => key !== keys.get(b)[i]);
      return at < 0 ? 0 : keys.get(a)[at] - keys.get(b)[at];
    });
    // What was scouted is found again.
    const texts = new Map();
    for (const each of this.passing) if (!texts.has(each.text)) texts.set(each.text, each);
    this.passing = [...texts.values()];
  }

  inTime(body) {
    try {
      body();
    } catch (error) {
      if (!(error instanceof OutOfTime)) throw error;
    }
  }

  growAll(leaves) {
    const loops = [];
    const started = new Set();
    for (let cost = 2; !this.settled(cost - 1); cost += 1) {
      this.space.grow(cost);
      loops.forEach((loop) => loop.grow(cost));
      const found = cost > 3 ? [] :
        loopsOf(this.space, leaves, new Set(this.known.parameters));
      for (const loop of found) {
        if (started.has(loop.row.text)) continue;
        started.add(loop.row.text);
        loops.push(loop);
        for (let earlier = 2; earlier <= cost; earlier += 1) loop.grow(earlier);
      }
      this.choose(cost);
      this.complete = cost;
    }
  }

  settled(cost) {
    return this.passing.length > 0 &&
      cost >= Math.min(...this.passing.map((each) => each.cost)) + slack;
  }

  // Larger for what is less likely meant: of those that cost the same, what leaves a parameter out,
  // then what is longer.
  unlikely(expression) {
    const words = new Set(expression.text.match(/[\w$]+/g));
    const unused = this.known.parameters.filter((name) => !words.has(name)).length;
    return [expression.cost, unused, expression.text.length];
  }

  // What is made of two parts, one for some of the examples and one for the others.
  choose(cost) {
    if (this.tags.size === 1 && this.tags.has('boolean')) this.join(cost);
    const conditions = this.conditions(cost);
    let tried = 0;
    for (const [mask, firsts] of [...this.ofMask]) {
      for (const [other, seconds] of [...this.ofMask]) {
        if ((mask | other) !== this.all) continue;
        const only = this.all & ~other; // where the condition must hold
        const never = this.all & ~mask;
        for (const [condition, holds] of conditions) {
          if ((holds & only) !== only || (holds & never) !== 0) continue;
          for (const first of firsts) {
            for (const second of seconds) {
              if (first.cost + second.cost + condition.cost - 1 !== cost) continue;
              tried += 1;
              this.addChoice(first, condition, second, cost);
            }
          }
          if (tried > mostChoices || performance.now() > this.space.deadline + 1000) return;
        }
      }
    }
  }

  // With the examples for which they hold.
  conditions(cost) {
    const found = [];
    for (let level = 1; level < Math.min(cost, this.space.levels.length); level += 1) {
      const all = this.space.levels[level];
      const lengths = level > 2 ? [] :
        (all.get('number') ?? []).filter((each) => each.text.endsWith('.length'));
      for (const each of [...(all.get('boolean') ?? []), ...lengths]) {
        if (each.raises || each.fixed || found.length === mostConditions) continue;
        const holds = this.results.reduce((mask, _, i) => mask | (each.vector[i] ? 1 << i : 0), 0);
        found.push([each, holds]);
      }
    }
    return found;
  }

  addChoice(first, condition, second, cost) {
    const vector = condition.vector.map((holds, i) => (holds ? first : second).vector[i]);
    const text = `${condition.text} ? ${first.text} : ${second.text}`;
    this.addPassing(vector, text, binding.choice, cost, vector.includes(ERROR));
  }

  addPassing(vector, text, binds, cost, raises) {
    const key = hashOf(vector);
    if (this.passing.some((each) => hashOf(each.vector) === key)) return;
    this.passing.push(Object.assign(new Expression(vector, () => text, binds), { cost, raises }));
  }

  // `&&` and `||`, beyond what was tried one by one.
  join(cost) {
    const byMask = new Map();
    for (const level of this.space.levels) {
      for (const each of level.get('boolean') ?? []) {
        if (each.raises) continue;
        const mask = this.maskOf(each.vector);
        if (!byMask.has(mask)) byMask.set(mask, []);
        byMask.get(mask).push(each);
      }
    }
    const wanted = this.results.reduce((mask, result, i) => mask | (result ? 1 << i : 0), 0);
    const held = (mask) => this.all & ~(mask ^ wanted); // where a condition holds
    for (const [mask, firsts] of byMask) {
      for (const [other, seconds] of byMask) {
        if (mask > other) continue;
        for (const [sign, binds, both] of [['&&', binding.and, held(mask) & held(other)],
          ['||', binding.or, held(mask) | held(other)]]) {
          if (both === wanted) {
            this.joinAll(firsts.slice(0, 60), seconds.slice(0, 60), sign, binds, cost);
          }
        }
      }
    }
  }

  joinAll(firsts, seconds, sign, binds, cost) {
    for (const first of firsts) {
      for (const second of seconds) {
        if (first.cost + second.cost !== cost || first === second) continue;
        const vector = first.vector.map((a, i) =>
          (sign === '&&' ? a && second.vector[i] : a || second.vector[i]));
        const [one, other] = [first, second].map((each) =>
          (each.binds > binds ? each.text : `(${each.text})`));
        this.addPassing(vector, `${one} ${sign} ${other}`, binds, cost, false);
      }
    }
  }
}

module.exports = { Search, slack };
