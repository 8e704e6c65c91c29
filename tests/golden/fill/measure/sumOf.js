/**
 * @param {number[]} numbers
 * @returns {number}
 * @example
 * sumOf([1, 2, 3]); // => 6
 * sumOf([]); // => 0
 * sumOf([-4, 10]); // => 6
 */
function sumOf(numbers) {
  // TODO
}

module.exports = { sumOf };
