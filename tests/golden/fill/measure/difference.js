/**
 * What stands in the first and not in the second.
 *
 * @example
 * difference([1, 2, 3], [2]) // => [1, 3]
 * difference(['a', 'b'], ['a', 'b']) // => []
 * difference([5, 5, 6], []) // => [5, 5, 6]
 */
function difference(first, second) {
}
