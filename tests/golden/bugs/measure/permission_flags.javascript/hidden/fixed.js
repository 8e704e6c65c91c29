"use strict";

// Rights as bits, written as ls does: "rwxr-x---" for the owner, the group and the others.

const LETTERS = ["r", "w", "x"];

/** Number of a text of nine characters: "rwxr-x---" is 0o750. */
function parse(text) {
  if (!/^([r-][w-][x-]){3}$/.test(text)) throw new Error(`not a mode: ${text}`);
  let mode = 0;
  for (const char of text) mode = (mode << 1) | (char === "-" ? 0 : 1);
  return mode;
}

/** The text of a number. */
function format(mode) {
  let text = "";
  for (let bit = 8; bit >= 0; bit--) text += mode & (1 << bit) ? LETTERS[(8 - bit) % 3] : "-";
  return text;
}

/** The mode with the bits of `mask` taken away, as umask does. */
function withoutMask(mode, mask) {
  return mode & ~mask;
}

/** Whether all of the wanted bits are set. */
function allows(mode, wanted) {
  return (mode & wanted) === wanted;
}

module.exports = { parse, format, withoutMask, allows };
