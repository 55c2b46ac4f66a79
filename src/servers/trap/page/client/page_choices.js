// @ts-check
// The choices on the page.

/** @typedef {"request" | "chain" | "bytes" | "timing"} Tab */
/** @typedef {"text" | "json" | "xml" | "form" | "parts" | "image" | "hex"} BodyView */
/** @typedef {"delete" | "delete all" | "send" | "rules" | "keys"} Dialog */
/** @typedef {"compact" | "roomy"} Density */

/** @type {readonly Tab[]} */
export const TABS = ["request", "chain", "bytes", "timing"];

/** @type {readonly Density[]} */
export const DENSITIES = ["compact", "roomy"];
