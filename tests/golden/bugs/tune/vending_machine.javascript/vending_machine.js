"use strict";

const COINS = [200, 100, 50, 20, 10];

/**
 * A vending machine: states "idle", "paying" and "delivering".
 *
 * Coins are taken in idle and paying. A choice that is paid for delivers, anything else is refused
 * by false and changes nothing. After delivery, `collect` gives {article, change} and the machine
 * is idle again. `cancel` gives the coins' value back.
 */
class Machine {
  /** prices: {article: cents} */
  constructor(prices) {
    this.prices = prices;
    this.reset();
  }

  reset() {
    this.state = "idle";
    this.credit = 0;
    this.article = null;
  }

  /** Takes a coin; false if it is unknown or the machine is delivering. */
  insert(cents) {
    if (!COINS.includes(cents) || this.state === "delivering") return false;
    this.credit += cents;
    this.state = "paying";
    return true;
  }

  /** Chooses an article. */
  choose(article) {
    const price = this.prices[article];
    if (this.state !== "paying" || price === undefined || price > this.credit) return false;
    this.credit -= price;
    this.article = article;
    this.state = "delivering";
    return true;
  }

  /** The change as a list of coins, as few as possible. */
  change() {
    const coins = [];
    let rest = this.credit;
    for (const coin of COINS) {
      while (rest >= coin) {
        coins.push(coin);
        rest -= coin;
      }
    }
    return coins;
  }

  /** Takes the article and the change out; null unless something is delivered. */
  collect() {
    if (this.state !== "delivering") return null;
    const result = { article: this.article, change: this.change() };
    this.reset();
    return result;
  }

  /** Gives the credit back in coins and becomes idle; nothing while delivering. */
  cancel() {
    if (this.state === "delivering") return [];
    this.reset();
    const coins = this.change();
    return coins;
  }
}

module.exports = { Machine };
