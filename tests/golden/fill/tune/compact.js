/**
 * @example
 * compact([0, 1, '', 'a', null]) // => [1, 'a']
 * compact([]) // => []
 * compact([false, 2]) // => [2]
 */
function compact(values) {
}
