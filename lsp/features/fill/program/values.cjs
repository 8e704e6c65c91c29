// What expressions evaluate to: one value for each input, with ERROR where there is none.
'use strict';

const ERROR = Symbol('error');
const mostNumber = 1e15;
const mostItems = 400;

// "list" of arrays, "null" of null, else what typeof says.
function typeOf(value) {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

// The type as operators see it: "number", "list[string]"; "list[]" of an empty one.
function tagOf(value) {
  if (!Array.isArray(value)) return typeOf(value);
  return value.length === 0 ? 'list[]' : `list[${tagOf(value[0])}]`;
}

// The type of a vector's values, but for errors; "mixed" where there are several.
function tagOfAll(vector) {
  const types = new Set();
  let full = 'list[]';
  for (const value of vector) {
    if (value === ERROR) continue;
    types.add(typeOf(value));
    if (full === 'list[]' && Array.isArray(value)) full = tagOf(value);
  }
  if (types.size !== 1) return types.size === 0 ? '' : 'mixed';
  const [type] = types;
  return type === 'list' ? full : type;
}

// What a list of that type holds; "string" of a string.
function elementOf(tag) {
  if (tag === 'string') return 'string';
  return tag.startsWith('list[') ? tag.slice(5, -1) : '';
}

// Equal for values that nothing tells apart; 0 and -0 are different, as for node's assertions.
function keyOf(value) {
  if (typeof value === 'string') return `'${value.length}:${value}`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return `[${value.map(keyOf).join()}]`;
  if (value === null || typeof value !== 'object') return String(value);
  return `{${Object.entries(value).map(([key, each]) => `${keyOf(key)}=${keyOf(each)}`).join()}}`;
}

const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);
const sums = [0, 0];

function mix(word) {
  sums[0] = Math.imul(sums[0] ^ word, 0x9e3779b1);
  sums[0] ^= sums[0] >>> 15;
  sums[1] = Math.imul(sums[1] + word, 0x85ebca77);
  sums[1] ^= sums[1] >>> 13;
}

function mixValue(value) {
  if (typeof value === 'number') {
    double[0] = value;
    mix(words[0]);
    mix(words[1]);
  } else if (typeof value === 'string') {
    mix(value.length + 0x1000000);
    for (let at = 0; at < value.length; at += 1) mix(value.charCodeAt(at));
  } else if (Array.isArray(value)) {
    mix(value.length + 0x2000000);
    value.forEach(mixValue);
  } else if (value !== null && typeof value === 'object') {
    mix(0x3000000);
    for (const key of Object.keys(value)) {
      mixValue(key);
      mixValue(value[key]);
    }
  } else {
    mixValue(String(value));
  }
}

// Equal for vectors that nothing tells apart, and for no others but by a chance of 2^-53.
function hashOf(vector) {
  sums[0] = vector.length;
  sums[1] = 1;
  vector.forEach(mixValue);
  return (sums[0] >>> 0) * 2 ** 21 + (sums[1] >>> 11);
}

// Whether two values are equal and of one type, all the way down; numbers nearly.
function isSame(one, other) {
  if (Object.is(one, other)) return true;
  if (typeof one === 'number' && typeof other === 'number') {
    // Of an infinity everything would be near.
    return Number.isFinite(one) && Number.isFinite(other) && one * other !== 0 &&
      Math.abs(one - other) <= 1e-9 * Math.max(Math.abs(one), Math.abs(other));
  }
  if (typeOf(one) !== typeOf(other) || one === null || typeof one !== 'object') return false;
  if (Object.getPrototypeOf(one)?.constructor?.name !==
      Object.getPrototypeOf(other)?.constructor?.name) return false;
  if (one instanceof Set || one instanceof Map) return isSame([...one], [...other]);
  if (one instanceof Date) return isSame(one.getTime(), other.getTime());
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length &&
    (!Array.isArray(one) || one.length === other.length) &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]));
}

// The value, where it is of a size that is worth going on with.
function checked(value) {
  if (typeof value === 'number') return Math.abs(value) < mostNumber ? value : ERROR;
  const sized = typeof value === 'string' || Array.isArray(value);
  return sized && value.length > mostItems ? ERROR : value;
}

module.exports = { ERROR, typeOf, tagOf, tagOfAll, elementOf, keyOf, hashOf, isSame, checked };
