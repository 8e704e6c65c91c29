"use strict";

/**
 * The part of an address that stands for a title: lower case, without signs other than letters,
 * digits and hyphens, and with a hyphen for each stretch of white space between words.
 */
function slug(title) {
  return title
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9\s-]/g, "")
    .replaceAll(" ", "-");
}

/** The slug, with "-2", "-3" and so on behind it where the earlier ones are taken. */
function freeSlug(title, taken) {
  const first = slug(title);
  let result = first;
  for (let number = 2; taken.has(result); number++) result = `${first}-${number}`;
  return result;
}

module.exports = { slug, freeSlug };
