// Expressions by their cost, one for each behaviour.
//
// Two expressions that give the same on all inputs, those of the examples and those near to them,
// are one: the first that is found, which is the simplest. So what passes the examples is, at any
// time, known with all that it might also mean.
'use strict';
const { binding } = require('./operators.cjs');
const { ERROR, hashOf, tagOfAll } = require('./values.cjs');

const mostKept = 300_000;
const checkedEvery = 256;

class OutOfTime extends Error {}

const braced = (operand, binds) => (operand.binds > binds ? operand.text : `(${operand.text})`);

// Its text is written when somebody asks for it: most are never looked at.
class Expression {
  #write;
  #text;
  constructor(vector, write, binds, loops = false, fixed = false) {
    Object.assign(this, { vector, binds, loops, fixed });
    this.#write = write;
  }

  get text() { return (this.#text ??= this.#write()); }
}

function written(operator, operands) {
  return operator.text.replace(/\b[ABC]\b/g, (letter) => {
    const place = 'ABC'.indexOf(letter);
    return braced(operands[place], operator.inner[place] ?? 0);
  });
}

class Space {
  // `given`: how many of the inputs are the examples'; `found` sees each new expression, and those
  // that fail on an example as well, where `isPart` holds for what they give.
  constructor({ given, operators, deadline, found, isPart, undefinedMeans }) {
    Object.assign(this, { given, operators, deadline, found, isPart, undefinedMeans });
    this.levels = [new Map()]; // by cost; by type
    this.seen = new Set();
    this.count = 0;
  }

  // Keeps what does something new and something at all; `make` writes the expression.
  add(vector, make, cost) {
    const raises = vector.includes(ERROR);
    if (raises && vector.indexOf(ERROR) < this.given) {
      if (this.isPart?.(vector)) this.keep(make(), cost, raises, '');
      return;
    }
    const key = hashOf(vector);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const tag = tagOfAll(vector);
    while (this.levels.length <= cost) this.levels.push(new Map());
    const expression = make();
    const level = this.levels[cost];
    if (!level.has(tag)) level.set(tag, []);
    level.get(tag).push(expression);
    this.keep(expression, cost, raises, tag);
  }

  keep(expression, cost, raises, tag) {
    Object.assign(expression, { cost, raises, tag });
    this.found(expression);
  }

  addLeaf(vector, text, { cost = 1, loops = false, fixed = false, binds = binding.atom } = {}) {
    this.add(vector, () => new Expression(vector, () => text, binds, loops, fixed), cost);
  }

  evaluate(operator, operands) {
    const [first, second, third] = operands.map((each) => each.vector);
    const vector = new Array(first.length);
    for (let place = 0; place < first.length; place += 1) {
      vector[place] = this.value(operator, first[place], second?.[place], third?.[place]);
    }
    return vector;
  }

  value(operator, a, b, c) {
    if (a === ERROR || b === ERROR || c === ERROR) return ERROR;
    try {
      const value = operator.apply(a, b, c);
      const nothing = value === undefined && !this.undefinedMeans || Number.isNaN(value);
      return nothing ? ERROR : value;
    } catch {
      return ERROR;
    }
  }

  consider(operator, operands, cost) {
    this.count += 1;
    if (this.count % checkedEvery === 0 &&
        (performance.now() > this.deadline || this.seen.size > mostKept)) {
      throw new OutOfTime();
    }
    const vector = this.evaluate(operator, operands);
    this.add(vector, () => new Expression(vector, () => written(operator, operands),
      operator.binds, operands.some((each) => each.loops)), cost);
  }

  // All expressions of that cost, where all cheaper ones are there.
  grow(cost) {
    for (const operator of this.operators) {
      if (operator.kinds.length === 1) this.growOne(operator, cost);
      if (operator.kinds.length === 2) this.growTwo(operator, cost);
      if (operator.kinds.length === 3) this.growThree(operator, cost);
    }
    while (this.levels.length <= cost) this.levels.push(new Map());
  }

  // The expressions of a cost, by type, that an operand may be.
  of(cost, matches = () => true) {
    if (cost < 1 || cost >= this.levels.length) return [];
    return [...this.levels[cost]].filter(([tag]) => matches(tag)).map(([tag, all]) =>
      [tag, [...all]]);
  }

  growOne(operator, cost) {
    for (const [, operands] of this.of(cost - operator.cost, operator.matches[0])) {
      for (const each of operands) if (!each.fixed) this.consider(operator, [each], cost);
    }
  }

  growTwo(operator, cost) {
    for (let first = 1; first < cost - operator.cost; first += 1) {
      const second = cost - operator.cost - first;
      const seconds = this.of(second, operator.matches[1]);
      for (const [tag, operands] of this.of(first, operator.matches[0])) {
        for (const [other, others] of seconds) {
          if (operator.fits && !operator.fits([tag, other])) continue;
          for (const a of operands) {
            for (const b of others) {
              const idle = a.fixed && (b.fixed || operator.commutes) ||
                a === b && !operator.twice || operator.commutes && first < second && !b.fixed;
              if (!idle) this.consider(operator, [a, b], cost);
            }
          }
        }
      }
    }
  }

  // The last two are names or constants: more of them would be too many.
  growThree(operator, cost) {
    const leaves = (matches) => [
      ...this.of(1, matches).flatMap(([, all]) => all),
      ...this.of(2, matches).flatMap(([, all]) => all.filter((each) => each.fixed))];
    const seconds = leaves(operator.matches[1]);
    const lasts = leaves(operator.matches[2]);
    for (const [, operands] of this.of(cost - operator.cost - 2, operator.matches[0])) {
      for (const a of operands) {
        for (const b of a.fixed ? [] : seconds) {
          for (const c of lasts) if (b !== c) this.consider(operator, [a, b, c], cost);
        }
      }
    }
  }
}

module.exports = { Expression, Space, OutOfTime };
