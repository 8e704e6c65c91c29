"use strict";

const CHECKS = [
  ["at least 8 characters", (text) => text.length >= 8],
  ["a digit", (text) => /[0-9]/.test(text)],
  ["a small letter", (text) => /[a-z]/.test(text)],
  ["a capital letter", (text) => /[A-Z]/.test(text)],
  ["no space", (text) => !/\s/.test(text)],
];

/** The demands that a password does not meet, in the order above. */
function problems(password) {
  return CHECKS.filter(([, check]) => !check(password)).map(([demand]) => demand);
}

/** Whether a password meets all demands and does not hold the user's name, in any case. */
function acceptable(password, user) {
  const holdsName = user !== "" && password.toLowerCase().includes(user.toLowerCase());
  return problems(password).length === 0 && !holdsName;
}

module.exports = { problems, acceptable };
