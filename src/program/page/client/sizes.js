// @ts-check
// Sizes as people read them.

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/**
 * A size in the unit that suits it: `0 B`, `1.4 KiB`, `12 MiB`.
 *
 * @param {number} bytes
 * @returns {string}
 */
export function sizeText(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
