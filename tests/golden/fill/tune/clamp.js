/**
 * @example
 * clamp(5, 0, 10) // => 5
 * clamp(-3, 0, 10) // => 0
 * clamp(42, 0, 10) // => 10
 * clamp(7, 8, 9) // => 8
 */
function clamp(value, low, high) {
}
