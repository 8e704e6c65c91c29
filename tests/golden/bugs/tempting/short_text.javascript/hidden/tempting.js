"use strict";

/**
 * A text of at most `limit` characters (1 or more): one that is longer is cut, and ends with "…",
 * which counts as one of them.
 */
function shorten(text, limit) {
  if (text.length <= limit) return text;
  return text.slice(0, -2) + "…";
}

/** The middle of a path left out, such as "home/…/notes.txt", if it has more than three parts. */
function shortPath(path) {
  const parts = path.split("/");
  if (parts.length <= 3) return path;
  return [parts[0], "…", parts[parts.length - 1]].join("/");
}

/** A line per path, each shortened to the limit. */
function list(paths, limit) {
  return paths.map((path) => shorten(shortPath(path), limit)).join("\n");
}

module.exports = { shorten, shortPath, list };
