// Which of the expressions that pass is offered, and what may be said of it.
//
// The simplest one is. It is called verified only where the search was exhaustive for a while
// longer, nothing about as simple gives anything else on inputs near the examples, and each example
// would have been foretold by the others: without it, nothing simpler would have passed.
'use strict';
const { Candidate, difference, told, whereItThrows } = require('./candidate.cjs');
const { inputsNear } = require('./inputs.cjs');
const { slack } = require('./search.cjs');

const mostInputs = 250;
const mostCompared = 40;
const fewestExamples = 3;
const mostByChance = 0.1; // expressions

const nearInputs = (known) => inputsNear(known.examples.map((each) => each.arguments), mostInputs);

// An example without which something simpler would have passed; -1 where there is none.
function unforetold(search, first) {
  return search.examples.findIndex((_, place) => {
    const missed = search.ofMask.get(search.all & ~(1 << place)) ?? [];
    return missed.some((each) => each.cost < first.cost);
  });
}

// Why it is not verified, though nothing tells it from others; empty where it is.
function doubt(search, first) {
  const count = search.examples.length;
  if (count < fewestExamples) return `${count} example${count > 1 ? 's say' : ' says'} little`;
  if (search.byChance(first.cost) > mostByChance) {
    return `${count} such examples say little: of what is as simple, much passes by chance`;
  }
  const place = unforetold(search, search.passing[0]);
  if (place >= 0) {
    const call = search.known.callOf(search.examples[place].arguments);
    return `nothing but ${call} speaks for it over something simpler`;
  }
  if (search.complete < first.cost + slack) {
    return 'the time was too short to try all that is as simple';
  }
  return '';
}

function candidatesOf(search) {
  const found = [];
  for (const { text, cost } of search.passing) {
    if (cost > search.passing[0].cost + slack || found.length === mostCompared) break;
    const candidate = new Candidate(`return ${text};`, search.known, cost);
    if (candidate.right(search.examples) === search.examples.length) found.push(candidate);
  }
  return found;
}

// A report of what was found, as the program's answer has it.
function judged(search) {
  const { known } = search;
  const report = { examples: search.examples.length, others: known.others, candidates: [],
    passing: 0, inputs: 0, verified: false, doubt: '', doubt_alone: '', raises: '' };
  const [first, ...rest] = candidatesOf(search);
  if (first === undefined) return report;
  const inputs = nearInputs(known);
  const apart = rest.map((other) => [other, difference(first, other, inputs)])
    .filter(([, where]) => where !== null);
  report.passing = 1 + apart.length;
  report.inputs = inputs.length;
  report.candidates.push([first.body]);
  report.doubt_alone = doubt(search, first); // should the others fail elsewhere
  if (apart.length > 0) {
    const [other, where] = apart[0];
    report.candidates.push([other.body]);
    report.doubt = told(known, where);
  } else {
    report.doubt = report.doubt_alone;
    report.verified = report.doubt === '';
  }
  report.raises = whereItThrows(known, first, inputs);
  return report;
}

// Whether a body names several of the values with which the examples call: it answers them one by
// one.
function answersExamples(body, known) {
  const given = new Set(known.examples.flatMap((each) => scalarsIn(each.arguments)));
  const named = body.match(/\d+(\.\d+)?|'[^'\n]*'|"[^"\n]*"/g) ?? [];
  const values = new Set(named.map((each) => each.replace(/^['"]|['"]$/g, '')));
  return [...values].filter((each) => each.length > 1 && each !== '10' && given.has(each)).length > 1;
}

function scalarsIn(value) {
  if (value === null || typeof value !== 'object') return [String(value)];
  return Object.values(value).flatMap(scalarsIn);
}

function candidateOf(body, known) {
  try {
    return new Candidate(body, known, 0);
  } catch {
    return null; // no JavaScript
  }
}

// Bodies of others, the preferred ones first: how many examples each passes, the first that passes
// all of them, and those that pass as well and give something else on some input. What there is no
// time for passes nothing.
function weighed(known, bodies, seconds) {
  const report = { examples: known.examples.length, right: [], first: -1, apart: [], inputs: 0,
    doubt: '', raises: '' };
  const inputs = nearInputs(known);
  const end = performance.now() + 1000 * seconds;
  let first = null;
  bodies.forEach((body, place) => {
    const idle = performance.now() > end || answersExamples(body, known);
    const candidate = idle ? null : candidateOf(body, known);
    const right = candidate?.right(known.examples) ?? 0;
    report.right.push(right);
    if (right < known.examples.length) return;
    if (first === null) {
      first = candidate;
      report.first = place;
      return;
    }
    const where = difference(first, candidate, inputs);
    if (where === null) return;
    report.apart.push(place);
    report.doubt ||= told(known, where);
  });
  report.inputs = inputs.length;
  if (first !== null) report.raises = whereItThrows(known, first, inputs);
  return report;
}

module.exports = { judged, weighed };
