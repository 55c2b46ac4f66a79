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
  const stored = rememberedText(name);
  return choices.find((choice) => choice === stored) ?? /** @type {T} */ (choices[0]);
}

/**
 * An earlier text, if there is one.
 *
 * @param {string} name
 */
export function rememberedText(name) {
  return localStorage.getItem(PREFIX + name) ?? undefined;
}

/**
 * @param {string} name
 * @param {string} choice
 */
export function remember(name, choice) {
  localStorage.setItem(PREFIX + name, choice);
}
