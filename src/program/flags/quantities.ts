// Sizes and times in the form that people write.

const SIZE_UNITS: readonly (readonly [unit: string, bytes: number])[] = [
  ["TiB", 2 ** 40],
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
];
// Units that count by thousands are refused, because people mean different things by MB.
const BYTES_OF_UNIT: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["B", 1],
  ...SIZE_UNITS,
]);

const TIME_UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
];
const MS_OF_UNIT: ReadonlyMap<string, number> = new Map([...TIME_UNITS, ["min", 60_000], ["ms", 1]]);

/** Reads a size: a number, alone or with `KiB`, `MiB`, `GiB`, `TiB`. @returns whole bytes */
export function parseSize(text: string): number | undefined {
  return parseQuantity(text, BYTES_OF_UNIT);
}

/** Reads a time: a number with `ms`, `s`, `m`, `min`, `h` or `d`. @returns whole milliseconds */
export function parseTimeMs(text: string): number | undefined {
  return parseQuantity(text, MS_OF_UNIT);
}

/** Writes a size with the largest unit that divides it: `64KiB`. */
export function formatSize(bytes: number): string {
  return formatQuantity(bytes, SIZE_UNITS, "");
}

/** Writes a time with the largest unit that divides it: `10s`. */
export function formatTime(timeMs: number): string {
  return formatQuantity(timeMs, TIME_UNITS, "ms");
}

function parseQuantity(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const [, digits, unit = ""] = /^([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([A-Za-z]{0,3})$/.exec(text) ?? [];
  const factor = units.get(unit);
  if (digits === undefined || factor === undefined) return undefined;
  const value = Number(digits) * factor;
  return Number.isSafeInteger(value) ? value : undefined;
}

function formatQuantity(
  value: number,
  units: readonly (readonly [unit: string, factor: number])[],
  smallest: string,
): string {
  if (value === 0) return `0${smallest}`;
  const found = units.find(([, factor]) => value % factor === 0);
  return found === undefined ? `${value}${smallest}` : `${value / found[1]}${found[0]}`;
}
