const test = require("node:test");
const assert = require("node:assert");
const { twelveHours } = require("./clock_text.js");

test("every hour", () => {
  for (let hours = 0; hours < 24; hours++) {
    const hour = hours === 0 ? 12 : hours > 12 ? hours - 12 : hours;
    const text = String(hours).padStart(2, "0");
    assert.strictEqual(twelveHours(`${text}:07`), `${hour}:07 ${hours < 12 ? "AM" : "PM"}`);
  }
});
