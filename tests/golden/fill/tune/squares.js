/**
 * @example
 * squares([1, 2, 3]) // => [1, 4, 9]
 * squares([]) // => []
 * squares([-4]) // => [16]
 */
function squares(numbers) {
}
