/**
 * @example
 * isEven(4) // => true
 * isEven(7) // => false
 * isEven(0) // => true
 */
function isEven(n) {
  throw new Error('not implemented');
}
