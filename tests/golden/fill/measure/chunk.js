/**
 * @example
 * chunk([1, 2, 3, 4, 5], 2) // => [[1, 2], [3, 4], [5]]
 * chunk([], 3) // => []
 * chunk(['a', 'b'], 5) // => [['a', 'b']]
 */
function chunk(items, size) {
}
