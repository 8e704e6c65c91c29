// Functions with a body that is tried.
'use strict';
const { inspect } = require('node:util');
const vm = require('node:vm');
const { isSame, keyOf } = require('./values.cjs');

const mostShown = 60; // characters of a value
const eachMs = 100;
// On a busy machine even a short call can take longer: so many of a run are given ten times as long.
const mostPatience = 2;
const ours = Symbol.for('lemma body');

class Raised {
  constructor(name) { this.name = name; }
}

function shown(value) {
  if (value instanceof Raised) return `throws ${value.name}`;
  const text = inspect(value, { breakLength: Infinity, depth: 6 });
  return text.length <= mostShown ? text : `${text.slice(0, mostShown)}…`;
}

const verb = (value) => (value instanceof Raised ? shown(value) : `gives ${shown(value)}`);

function copied(given) {
  try {
    return structuredClone(given);
  } catch {
    return given; // functions have no copies
  }
}

class Candidate {
  // `cost`: how simple it is among others.
  constructor(body, known, cost) {
    this.body = body;
    this.cost = cost;
    this.late = false; // whether it once took too long
    this.known = known;
    const { name, parameters } = known;
    this.function = known.scope(`(function ${name}(${parameters.join(', ')}) {\n${body}\n})`);
  }

  value(given) {
    if (this.late) return new Raised('Timeout');
    globalThis[ours] = () => this.function(...copied(given));
    // An expression of ours ends by itself, and a watchdog for each call takes long.
    return this.cost > 0 ? this.called(globalThis[ours]) : this.watched(eachMs);
  }

  watched(timeout) {
    const value = this.called(() => vm.runInThisContext(
      "globalThis[Symbol.for('lemma body')]()", { timeout }));
    const patience = this.known.patience ?? mostPatience;
    if (!this.late || timeout > eachMs || patience === 0) return value;
    this.known.patience = patience - 1;
    this.late = false;
    return this.watched(10 * eachMs);
  }

  called(run) {
    try {
      return run();
    } catch (error) {
      this.late = error?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
      return new Raised(error?.name ?? typeof error);
    }
  }

  // How many of the examples it passes, as it is written.
  right(examples) {
    return examples.filter((each) => {
      const value = this.value(each.arguments);
      return !(value instanceof Raised) && isSame(value, each.result);
    }).length;
  }
}

// The smallest input on which the two say something else. That one throws where the other gives a
// value counts where they are equally simple: else the simpler one does not reach that far.
function difference(first, other, inputs) {
  let found = null;
  for (const given of inputs) {
    const [one, its] = [first.value(given), other.value(given)];
    const throws = [one, its].filter((each) => each instanceof Raised).length;
    const same = throws > 0 ? throws === 2 || other.cost > first.cost : isSame(one, its);
    if (same) continue;
    if (found === null || keyOf(given).length < keyOf(found.given).length) {
      found = { given, one, its };
    }
  }
  return found;
}

// What the difference is, in words.
const told = (known, { given, one, its }) =>
  `${known.callOf(given)} ${verb(one)}, with the other one ${shown(its)}`;

function whereItThrows(known, candidate, inputs) {
  for (const given of inputs.toSorted((a, b) => keyOf(a).length - keyOf(b).length)) {
    const value = candidate.value(given);
    if (value instanceof Raised) return `${known.callOf(given)} ${shown(value)}`;
  }
  return '';
}

module.exports = { Candidate, difference, shown, told, whereItThrows };
