"use strict";

/**
 * A turnstile with a counter: states "locked" and "open".
 *
 * A valid ticket opens it, once; a person that passes locks it again. Passing while it is locked
 * and tickets that are invalid, or come while it is open, ring the alarm. Tickets have a number of
 * rides and are valid while some are left; an open turnstile takes no ride.
 */
class Turnstile {
  /** tickets: {code: number of rides} */
  constructor(tickets) {
    this.tickets = { ...tickets };
    this.state = "locked";
    this.passed = 0;
    this.log = [];
  }

  /** Notes "from>to cause" for a change of the state. */
  go(state, cause) {
    this.log.push(`${this.state}>${state} ${cause}`);
    this.state = state;
  }

  alarm(cause) {
    this.log.push(`alarm ${cause}`);
    return false;
  }

  /** Shows a ticket; whether it opens the turnstile. */
  ticket(code) {
    if (this.state === "open") return this.alarm(`open ${code}`);
    const rides = this.tickets[code] ?? 0;
    if (rides === 0) return this.alarm(`invalid ${code}`);
    this.tickets[code] = rides - 1;
    this.go("open", code);
    return true;
  }

  /** A person pushes; whether the person gets through. */
  push() {
    if (this.state === "locked") return this.alarm("push");
    this.passed += 1;
    this.go("locked", "push");
    return true;
  }

  /** Rides left on all tickets. */
  ridesLeft() {
    return Object.values(this.tickets).reduce((sum, rides) => sum + rides, 0);
  }

  /** How often the alarm rang. */
  alarms() {
    return this.log.filter((entry) => entry.startsWith("alarm")).length;
  }
}

module.exports = { Turnstile };
