/**
 * @example
 * isPalindrome('racecar') // => true
 * isPalindrome('ab') // => false
 * isPalindrome('') // => true
 * isPalindrome('abca') // => false
 */
function isPalindrome(text) {
}
