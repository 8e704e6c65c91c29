"use strict";

/**
 * Events {time, key} in order of time, without repetitions: an event is dropped if the last one of
 * the same key that was kept is less than `quietMs` before it. Times may have fractions.
 */
function debounce(events, quietMs) {
  const last = new Map();
  return events.filter(({ time, key }) => {
    if (last.has(key) && time - last.get(key) < quietMs) return false;
    last.set(key, time);
    return true;
  });
}

module.exports = { debounce };
