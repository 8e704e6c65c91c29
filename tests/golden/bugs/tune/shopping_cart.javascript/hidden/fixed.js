"use strict";

/** A cart with articles {id, title, cents}. Run as a program, it prints a receipt. */
class Cart {
  constructor() {
    this.items = new Map();
  }

  /** Adds `count` of an article to those that are there already. */
  add(article, count = 1) {
    const item = this.items.get(article.id) ?? { article, count: 0 };
    item.count += count;
    this.items.set(article.id, item);
  }

  /** Removes an article altogether; returns whether it was there. */
  remove(id) {
    return this.items.delete(id);
  }

  total() {
    let cents = 0;
    for (const { article, count } of this.items.values()) cents += article.cents * count;
    return cents;
  }

  /** A line for each article in order of coming, "2 x Tea 7.00", and one with the total. */
  receipt() {
    const lines = [];
    for (const { article, count } of this.items.values()) {
      lines.push(`${count} x ${article.title} ${((article.cents * count) / 100).toFixed(2)}`);
    }
    return [...lines, `total ${(this.total() / 100).toFixed(2)}`].join("\n");
  }
}

if (require.main === module) {
  const cart = new Cart();
  cart.add({ id: 1, title: "Tea", cents: 350 }, 2);
  cart.add({ id: 2, title: "Cup", cents: 999 });
  console.log(cart.receipt());
}

module.exports = { Cart };
