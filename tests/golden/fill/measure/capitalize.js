/**
 * Makes the first letter of a word large.
 *
 * @example
 * capitalize('hello') // => 'Hello'
 * capitalize('wORLD') // => 'WORLD'
 * capitalize('') // => ''
 */
function capitalize(word) {
}
