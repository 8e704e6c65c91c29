/**
 * A number as it stands on a label.
 *
 * @example
 * padId(7) // => '0007'
 * padId(42) // => '0042'
 * padId(12345) // => '12345'
 */
function padId(number) {
}
