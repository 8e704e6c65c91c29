"use strict";

const EMPTY = { values: {}, errors: [], touched: [] };

/** The state of a form as an immutable value: every function returns a new state. */
function initial(values) {
  return { ...EMPTY, values: { ...values } };
}

/** The state after a field was changed; it counts as touched from then on, once. */
function change(state, field, value) {
  const touched = state.touched.includes(field) ? state.touched : [...state.touched, field];
  return { ...state, values: { ...state.values, [field]: value }, touched };
}

/** The state with the errors of all rules: {field: value => message or null}. */
function validate(state, rules) {
  const errors = [];
  for (const field of Object.keys(rules)) {
    const message = rules[field](state.values[field]);
    if (message) errors.push({ field, message });
  }
  return { ...state, errors };
}

/** Messages of the fields that were touched, in the order of the errors. */
function visibleErrors(state) {
  return state.errors.filter(({ field }) => state.touched.includes(field))
    .map(({ message }) => message);
}

module.exports = { initial, change, validate, visibleErrors };
