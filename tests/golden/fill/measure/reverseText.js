/**
 * @example
 * reverseText('abc') // => 'cba'
 * reverseText('') // => ''
 * reverseText('to be') // => 'eb ot'
 */
function reverseText(text) {
}
