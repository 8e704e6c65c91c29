/**
 * @example
 * largest([3, 9, 2]);
 * // => 9
 * @example
 * largest([-5, -2]);
 * // => -2
 * @example
 * largest([7]);
 * // => 7
 */
const largest = (numbers) => {};
