"use strict";

/**
 * Calls `work` until it succeeds, at most `attempts` times (at least 1), and returns what it gave.
 * `work` is given the number of the attempt, from 1, and may be asynchronous. When the last attempt
 * fails, its error is thrown.
 */
async function retry(work, attempts) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts) throw error;
    }
  }
}

/** Loads each address with `load`, one after the other; {address: text, or null if it failed}. */
async function loadAll(addresses, load, attempts) {
  const texts = {};
  for (const address of addresses) {
    try {
      texts[address] = await retry(() => load(address), attempts);
    } catch {
      texts[address] = null;
    }
  }
  return texts;
}

module.exports = { retry, loadAll };
