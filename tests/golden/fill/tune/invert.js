/**
 * @example
 * invert({ a: 'x', b: 'y' }) // => { x: 'a', y: 'b' }
 * invert({}) // => {}
 */
function invert(object) {
}
