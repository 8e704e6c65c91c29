"use strict";

// Versions "major.minor.patch", with an optional "-tag" before the release itself: "1.2.0-beta".

function parse(version) {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:-([a-z0-9]+))?$/.exec(version);
  if (!match) throw new Error(`not a version: ${version}`);
  return { numbers: match.slice(1, 4).map(Number), tag: match[4] };
}

/** Negative, 0 or positive, as a comes before, with or after b; tags compare as texts. */
function compare(a, b) {
  const left = parse(a), right = parse(b);
  for (let i = 0; i < 3; i++) {
    if (left.numbers[i] !== right.numbers[i]) return left.numbers[i] - right.numbers[i];
  }
  if (left.tag === right.tag) return 0;
  if (left.tag === undefined) return 1;
  if (right.tag === undefined) return -1;
  return left.tag < right.tag ? -1 : 1;
}

/** The versions in ascending order, as a new list. */
function sorted(versions) {
  return [...versions].sort(compare);
}

/**
 * Whether a version fits "^1.2.3": at least that, and with the same first number that is not 0
 * (^0.2.3 wants 0.2.x, ^0.0.3 wants 0.0.3). A version with a tag never fits.
 */
function fits(version, range) {
  const given = parse(version), wanted = parse(range.slice(1));
  if (given.tag !== undefined || compare(version, range.slice(1)) <= 0) return false;
  const first = wanted.numbers.findIndex((number) => number > 0);
  const same = first < 0 ? 3 : first + 1;
  return wanted.numbers.slice(0, same).every((number, i) => given.numbers[i] === number);
}

module.exports = { compare, sorted, fits };
