"use strict";

// Options of a bar chart that is drawn with text.

const DEFAULTS = { width: 20, mark: "#", from: 1, title: "Chart" };

/** The options with a default for each that is undefined or null; 0 and "" are values. */
function complete(options = {}) {
  return {
    width: options.width ?? DEFAULTS.width,
    mark: options.mark ?? DEFAULTS.mark,
    from: options.from || DEFAULTS.from,
    title: options.title || DEFAULTS.title,
  };
}

/**
 * A line per value: its number, counted from the option `from`, and a bar. The largest value has a
 * bar of the full width; lengths are rounded. A title that is not empty stands above.
 */
function chart(values, options) {
  const { width, mark, from, title } = complete(options);
  const largest = Math.max(...values, 0);
  const lines = values.map((value, i) => {
    const length = largest === 0 ? 0 : Math.round((value / largest) * width);
    return `${from + i} ${mark.repeat(length)}`.trimEnd();
  });
  if (title !== "") lines.unshift(title);
  return lines.join("\n");
}

module.exports = { complete, chart };
