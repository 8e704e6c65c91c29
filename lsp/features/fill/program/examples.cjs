// What is known of a function: calls of it with what they give, as its documentation and tests say.
'use strict';
const { isSame, keyOf } = require('./values.cjs');
const { shown } = require('./candidate.cjs');

// A sentence: why nothing can be made of what is given.
class Unusable extends Error {}

function wordsOf(prose) {
  const numbers = [...prose.matchAll(/(?<![\w.])\d{1,6}(?![\w.])/g)].map(([each]) => Number(each));
  const texts = [...prose.matchAll(/'([^'\n]{1,20})'|"([^"\n]{1,20})"/g)];
  return { numbers, texts: texts.map(([, one, other]) => one ?? other) };
}

// The program's own constants.
function constantsOf(program, scope) {
  const names = [...program.matchAll(/^(?:export )?const ([A-Z][A-Z0-9_]*) =/gm)].slice(0, 8);
  const found = [];
  for (const [, name] of names) {
    try {
      const value = scope(name);
      if (['number', 'string'].includes(typeof value) || Array.isArray(value)) {
        found.push([name, value]);
      }
    } catch { } // one that is set later
  }
  return found;
}

class Known {
  constructor(task, scope) {
    this.name = task.function;
    this.parameters = task.parameters;
    this.scope = scope;
    this.prose = task.prose;
    this.constants = constantsOf(task.program, scope);
    Object.assign(this, wordsOf(task.prose));
    this.examples = [];
    this.others = 0; // statements about the function that are no such call
    task.examples.forEach((each) => this.add(each));
  }

  // `call` calls the function, and nothing around it; names in it are the program's.
  add({ call, expected }) {
    let given, result;
    try {
      given = this.scope(`((${this.name}) => ${call})((...all) => all)`);
      result = this.scope(`(${expected})`);
    } catch {
      this.others += 1;
      return;
    }
    if (given.length !== this.parameters.length) {
      this.others += 1;
      return;
    }
    const key = keyOf(given);
    const known = this.examples.find((each) => keyOf(each.arguments) === key);
    if (known === undefined) {
      this.examples.push({ arguments: given, result });
    } else if (!isSame(known.result, result)) {
      throw new Unusable(`two examples contradict each other: ${this.callOf(given)} gives ` +
        `${shown(known.result)} and ${shown(result)}`);
    }
  }

  callOf(given) { return `${this.name}(${given.map(shown).join(', ')})`; }
}

function knownOf(task, scope) {
  const known = new Known(task, scope);
  if (known.examples.length === 0) {
    throw new Unusable(`there is no example of ${task.function}() that says what a call gives: ` +
      `write some into the comment before it, as ${task.function}(…) // => …`);
  }
  return known;
}

module.exports = { knownOf, Unusable };
