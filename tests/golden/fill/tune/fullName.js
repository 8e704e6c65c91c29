/**
 * @param {{first: string, last: string}} person
 * @example
 * fullName({ first: 'Ann', last: 'Lee' }) // => 'Ann Lee'
 * fullName({ first: 'Bo', last: 'Ek' }) // => 'Bo Ek'
 */
function fullName(person) {
}
