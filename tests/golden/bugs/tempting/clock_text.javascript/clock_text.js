"use strict";

/** A time of the day, "HH:MM" from "00:00" to "23:59", as "H:MM AM" or "H:MM PM". */
function twelveHours(time) {
  const [hours, minutes] = time.split(":").map(Number);
  const half = hours < 12 ? "AM" : "PM";
  const hour = hours % 12;
  return `${hour}:${String(minutes).padStart(2, "0")} ${half}`;
}

/** The time that many minutes later, from "00:00" again after midnight. */
function later(time, minutes) {
  const [hours, rest] = time.split(":").map(Number);
  const total = (hours * 60 + rest + minutes) % (24 * 60);
  return [Math.floor(total / 60), total % 60].map((n) => String(n).padStart(2, "0")).join(":");
}

module.exports = { twelveHours, later };
