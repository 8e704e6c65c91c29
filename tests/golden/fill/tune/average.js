/**
 * The arithmetic mean; 0 of nothing.
 *
 * @example
 * average([1, 2, 3]) // => 2
 * average([5]) // => 5
 * average([1, 2]) // => 1.5
 * average([]) // => 0
 */
function average(numbers) {
}
