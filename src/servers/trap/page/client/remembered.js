// @ts-check
/// <reference lib="dom" />
// Remembers the user's choices for the next visit.

const PREFIX = "millrace-trap-";

/**
 * The earlier choice, or the first of the choices.
 *
 * @template {string} T
 * @param {string} name
 * @param {readonly T[]} choices
 * @returns {T}
 */
export function remembered(name, choices) {
  const stored = localStorage.getItem(PREFIX + name);
  return choices.find((choice) => choice === stored) ?? /** @type {T} */ (choices[0]);
}

/**
 * @param {string} name
 * @param {string} choice
 */
export function remember(name, choice) {
  localStorage.setItem(PREFIX + name, choice);
}
