const test = require('node:test');
const assert = require('node:assert');
const { isBlank } = require('./isBlank.js');

test('nothing is blank', () => {
  assert.strictEqual(isBlank(''), true);
});

test('white space is blank', () => {
  assert.strictEqual(isBlank('  \t'), true);
});

test('words are not', () => {
  assert.strictEqual(isBlank(' a'), false);
  assert.strictEqual(isBlank('no'), false);
});
