/**
 * Those who are of age (18 years).
 *
 * @example
 * adults([{ name: 'Ann', age: 30 }, { name: 'Bo', age: 17 }]) // => [{ name: 'Ann', age: 30 }]
 * adults([{ name: 'Cy', age: 18 }]) // => [{ name: 'Cy', age: 18 }]
 * adults([]) // => []
 */
function adults(people) {
}
