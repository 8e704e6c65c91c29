/**
 * Pairs of two lists of the same length.
 *
 * @example
 * zip([1, 2], ['a', 'b']) // => [[1, 'a'], [2, 'b']]
 * zip([], []) // => []
 * zip([true], [0]) // => [[true, 0]]
 */
function zip(first, second) {
}
