/**
 * The part of an address behind the sign.
 *
 * @param {string} address
 * @returns {string}
 * @example
 * domainOf('ann@example.org') // => 'example.org'
 * domainOf('b.c@mail.test') // => 'mail.test'
 */
export function domainOf(address) {
}
