"use strict";

/** Calls listeners by the name of an event. */
class Emitter {
  constructor() {
    this.listeners = new Map();
  }

  /** Adds a listener; returns a function that removes it. */
  on(name, listener) {
    if (!this.listeners.has(name)) this.listeners.set(name, []);
    this.listeners.get(name).push(listener);
    return () => this.off(name, listener);
  }

  /** Adds a listener that is removed just before its first call. */
  once(name, listener) {
    const remove = this.on(name, (...values) => {
      remove();
      listener(...values);
    });
    return remove;
  }

  /** Removes a listener where it was added first; nothing happens if it was not. */
  off(name, listener) {
    const list = this.listeners.get(name) ?? [];
    const at = list.indexOf(listener);
    if (at >= 0) list.splice(at, 1);
  }

  /**
   * Calls the listeners that an event has now, in the order in which they were added, whatever they
   * add and remove meanwhile. Returns how many were called.
   */
  emit(name, ...values) {
    let called = 0;
    for (const listener of this.listeners.get(name) ?? []) {
      listener(...values);
      called++;
    }
    return called;
  }
}

module.exports = { Emitter };
