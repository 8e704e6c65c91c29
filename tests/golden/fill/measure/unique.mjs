/**
 * Each value once, in the order of its first appearance.
 *
 * @template T
 * @param {T[]} values
 * @returns {T[]}
 * @example
 * unique([3, 1, 3, 2, 1])
 * // => [3, 1, 2]
 * @example
 * unique(['b', 'a', 'b'])
 * // => ['b', 'a']
 */
export const unique = (values) => {
};
