"use strict";

const ZERO_CELSIUS_IN_KELVIN = 273.15;

// How each scale becomes degrees Celsius and the other way round.
const SCALES = {
  C: { from: (t) => t, to: (t) => t },
  F: { from: (t) => ((t - 30) * 5) / 9, to: (t) => (t * 9) / 5 + 32 },
  K: { from: (t) => t - ZERO_CELSIUS_IN_KELVIN, to: (t) => t + ZERO_CELSIUS_IN_KELVIN },
};

/** A temperature such as "20C", "-4.5 F" or "300K" in another scale, rounded to two digits. */
function convert(text, scale) {
  const match = /^(-?\d+(?:\.\d+)?)\s*([CFK])$/.exec(text);
  if (!match || !(scale in SCALES)) throw new Error(`cannot convert ${text} to ${scale}`);
  const celsius = SCALES[match[2]].from(Number(match[1]));
  return Math.round(SCALES[scale].to(celsius) * 100) / 100;
}

module.exports = { convert };
