/**
 * @param {number} celsius
 * @example
 * toFahrenheit(0) // => 32
 * toFahrenheit(100) // => 212
 * toFahrenheit(-40) // => -40
 */
function toFahrenheit(celsius) {
}
