"use strict";

/**
 * Makes the names of files unique: the first of equal names stays, the following ones get " (2)",
 * " (3)" and so on before the extension. A name made this way that is taken already gets the next
 * number.
 */
function uniqueNames(names) {
  const taken = new Set();
  return names.map((name) => {
    const dot = name.lastIndexOf(".");
    const base = dot > 0 ? name.slice(0, dot) : name;
    const extension = dot > 0 ? name.slice(dot) : "";
    let candidate = name;
    for (let n = 2; taken.has(name); n++) candidate = `${base} (${n})${extension}`;
    taken.add(candidate);
    return candidate;
  });
}

module.exports = { uniqueNames };
