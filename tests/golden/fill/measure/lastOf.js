// lastOf([1, 2, 3]) // => 3
// lastOf(['a']) // => 'a'
// lastOf([]) // => undefined
function lastOf(items) {
}
