/**
 * @example
 * shout('hi') // => 'HI!'
 * shout('go on') // => 'GO ON!'
 */
export function shout(text) {
}
