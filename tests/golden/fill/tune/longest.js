/**
 * How long the longest of the words is.
 *
 * @example
 * longest(['a', 'bcd', 'ef']) // => 3
 * longest(['x']) // => 1
 * longest(['four', 'two']) // => 4
 */
function longest(words) {
}
