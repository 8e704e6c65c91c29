"use strict";

/** Runs asynchronous jobs, at most `limit` (at least 1) at the same time, in order of coming. */
class TaskQueue {
  constructor(limit) {
    this.limit = limit;
    this.running = 0;
    this.waiting = [];
  }

  /** Runs `job` as soon as there is room; resolves or rejects as the job does. */
  async add(job) {
    if (this.running >= this.limit) {
      await new Promise((resolve) => this.waiting.push(resolve));
    } else {
      this.running++;
    }
    try {
      return await job();
    } finally {
      this.leave();
    }
  }

  /** Hands the room of a job that has ended to the next one. */
  leave() {
    const next = this.waiting.shift();
    if (next) {
      next();
    } else {
      this.running--;
    }
  }
}

/** Results of job(item) for all items, in the items' order, at most `limit` at the same time. */
function mapLimited(items, limit, job) {
  const queue = new TaskQueue(limit);
  return Promise.all(items.map((item) => queue.add(() => job(item))));
}

module.exports = { TaskQueue, mapLimited };
