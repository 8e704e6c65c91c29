"use strict";

/**
 * Parses "a=1&b=x%20y&flag&a=2" into {a: ["1", "2"], b: "x y", flag: ""}: a name that comes more
 * than once gets a list, `+` stands for a space, and a leading "?" does not count. Values stay
 * texts.
 */
function parse(text) {
  const values = {};
  for (const pair of text.replace(/^\?/, "").split("&")) {
    if (pair === "") continue;
    const [name, ...rest] = pair.split("=").map((part) =>
      decodeURIComponent(part.replace(/\+/g, " ")));
    const value = rest.join("=");
    if (!(name in values)) values[name] = value;
    else values[name] = [].concat(values[name], value);
  }
  return values;
}

/** Whole number of a parameter, or the fallback if it is missing or no whole number. */
function integer(values, name, fallback) {
  const text = values[name];
  return typeof text === "string" && /^-?\d+$/.test(text) ? text : fallback;
}

/** The page that the parameters ask for: {offset, limit}; limit is 10 if not given, at most 50. */
function paging(values) {
  const limit = Math.min(50, integer(values, "limit", 10));
  return { offset: integer(values, "page", 0) * limit, limit };
}

/** The range of line numbers {first, last} that "lines" asks for with "count" from "start". */
function lineRange(values) {
  const first = integer(values, "start", 1);
  return { first, last: first + integer(values, "count", 20) - 1 };
}

module.exports = { parse, integer, paging, lineRange };
