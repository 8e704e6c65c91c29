"use strict";

/** Seats of one row, numbered from 1 to count. */
class Row {
  constructor(count) {
    this.taken = new Array(count).fill(false);
  }

  /** Whether the seat exists and is free. */
  isFree(seat) {
    return seat >= 1 && seat <= this.taken.length && !this.taken[seat - 1];
  }

  /**
   * Books `size` (at least 1) seats side by side, as far to the left as possible.
   * Returns their numbers, or null if there are not so many free ones side by side.
   */
  book(size) {
    for (let first = 1; first + size - 1 <= this.taken.length; first++) {
      const seats = Array.from({ length: size }, (_, i) => first + i);
      if (seats.every((seat) => this.isFree(seat))) {
        for (const seat of seats) this.taken[seat - 1] = true;
        return seats;
      }
    }
    return null;
  }

  /** Gives a seat back. */
  release(seat) {
    this.taken[seat - 1] = false;
  }

  /** Such as "xx.x": x for a seat that is taken. */
  toString() {
    return this.taken.map((taken) => (taken ? "x" : ".")).join("");
  }
}

module.exports = { Row };
