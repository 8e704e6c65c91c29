"use strict";

/** {r, g, b} from 0 to 255 of "#rrggbb" or "#rgb", where "#abc" means "#aabbcc". */
function parse(text) {
  const match = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text);
  if (!match) throw new Error(`not a colour: ${text}`);
  let digits = match[1];
  if (digits.length === 3) digits = digits.replace(/./g, (digit) => digit + digit);
  const number = parseInt(digits, 16);
  return { r: number >> 16, g: (number >> 8) & 255, b: number & 255 };
}

/** "#rrggbb" in lower case. */
function format({ r, g, b }) {
  return "#" + ((r << 16) | (g << 8) | b).toString(16).padStart(6, "0");
}

/** The colour between a (share 0) and b (share 1), each part rounded. */
function mix(a, b, share) {
  const part = (x, y) => Math.round(x + (y - x) * share);
  return { r: part(a.r, b.r), g: part(a.g, b.g), b: part(a.b, b.b) };
}

module.exports = { parse, format, mix };
