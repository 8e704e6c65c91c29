/**
 * @param {{price: number, quantity: number}[]} lines
 * @returns {number} what the lines cost together
 * @example
 * cartTotal([{ price: 5, quantity: 2 }, { price: 3, quantity: 1 }]) // => 13
 * cartTotal([{ price: 4, quantity: 3 }]) // => 12
 * cartTotal([]) // => 0
 */
function cartTotal(lines) {
}
