"use strict";

/**
 * Allows each client at most `limit` requests within any `windowMs` milliseconds: a request counts
 * for those less than windowMs after it. Refused requests do not count.
 */
class RateLimiter {
  constructor(limit, windowMs) {
    this.limit = limit;
    this.windowMs = windowMs;
    this.times = new Map();
  }

  /** Whether a request of the client at time `now` is allowed; times never go back. */
  allow(client, now) {
    const recent = (this.times.get(client) ?? []).filter((time) => now - time < this.windowMs);
    this.times.set(client, recent);
    if (recent.length >= this.limit) return false;
    recent.push(now);
    return true;
  }

  /** Milliseconds from `now` until the next request of the client is allowed; 0 if it is now. */
  waitMs(client, now) {
    const recent = (this.times.get(client) ?? []).filter((time) => now - time < this.windowMs);
    if (recent.length < this.limit) return 0;
    return recent[0] + this.windowMs - now;
  }
}

module.exports = { RateLimiter };
