/**
 * @example
 * factorial(5) // => 120
 * factorial(1) // => 1
 * factorial(0) // => 1
 * factorial(3) // => 6
 */
function factorial(n) {
}
