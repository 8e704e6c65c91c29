/**
 * @example
 * kebabCase('Hello World') // => 'hello-world'
 * kebabCase('one') // => 'one'
 * kebabCase('A b C') // => 'a-b-c'
 */
function kebabCase(title) {
}
