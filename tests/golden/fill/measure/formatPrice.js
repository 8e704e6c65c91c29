/**
 * Cents as a price.
 *
 * @example
 * formatPrice(1999) // => '$19.99'
 * formatPrice(500) // => '$5.00'
 * formatPrice(5) // => '$0.05'
 */
function formatPrice(cents) {
}

module.exports = formatPrice;
