/**
 * @example
 * namesOf([{ name: 'Ann', age: 30 }, { name: 'Bo', age: 12 }]) // => ['Ann', 'Bo']
 * namesOf([]) // => []
 * namesOf([{ name: 'Cy', age: 4 }]) // => ['Cy']
 */
function namesOf(people) {
}
