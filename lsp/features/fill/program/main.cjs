// Reads one task as JSON, writes one report as JSON. The user's program ends in a call of this, with
// `scope`, which evaluates a text where the program's names are known.
'use strict';
const fs = require('node:fs');
const { knownOf, Unusable } = require('./examples.cjs');
const { judged, weighed } = require('./judge.cjs');
const { Search } = require('./search.cjs');
const { isSame } = require('./values.cjs');

// Of a program whose function is there: whether it passes all examples.
function tried(known) {
  const its = known.scope(known.name);
  return { passes: known.examples.every((each) => {
    try {
      return isSame(its(...each.arguments), each.result);
    } catch {
      return false;
    }
  }) };
}

function reportOf(task, scope) {
  const known = knownOf(task, scope);
  if (task.mode === 'try') return tried(known);
  if (task.mode === 'weigh') return weighed(known, task.bodies, task.seconds);
  const search = new Search(known, task.seconds);
  search.run();
  return judged(search);
}

module.exports = (scope) => {
  Error.stackTraceLimit = 0; // most of what is thrown here is thrown by the thousand
  globalThis[Symbol.for('lemma')]?.stopWatching();
  const task = JSON.parse(fs.readFileSync(0, 'utf8'));
  let report;
  try {
    report = reportOf(task, scope);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    report = { unusable: error.message };
  }
  fs.writeSync(1, `\n${task.token} ${JSON.stringify(report)}\n`);
  process.exit(0);
};
module.exports.reportOf = reportOf;
