/**
 * @example
 * countWords('one two three') // => 3
 * countWords('word') // => 1
 * countWords('a b') // => 2
 */
const countWords = (text) => {
};
