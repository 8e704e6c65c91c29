"use strict";

/** A store of records by their id. All of its methods are asynchronous, as a database's are. */
class Store {
  constructor() {
    this.records = new Map();
  }

  async has(id) {
    return this.records.has(id);
  }

  async get(id) {
    return this.records.get(id);
  }

  async put(record) {
    this.records.set(record.id, { ...record });
  }
}

/**
 * Puts records into a store. One whose id the store has replaces the stored one only if its
 * revision is higher. A record without an id is counted as failed.
 * Returns {added, updated, skipped, failed}, the number of each.
 */
async function importRecords(store, records) {
  const counts = { added: 0, updated: 0, skipped: 0, failed: 0 };
  for (const record of records) {
    if (record.id === undefined) {
      counts.failed++;
    } else if (!(await store.has(record.id))) {
      await store.put(record);
      counts.added++;
    } else if (record.revision > (await store.get(record.id)).revision) {
      await store.put(record);
      counts.updated++;
    } else {
      counts.skipped++;
    }
  }
  return counts;
}

module.exports = { Store, importRecords };
