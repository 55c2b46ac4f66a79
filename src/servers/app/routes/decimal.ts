// decimal = [ "+" / "-" ] ( 1*DIGIT [ "." *DIGIT ] / "." 1*DIGIT ) [ ( "e" / "E" ) [ "+" / "-" ] 1*DIGIT ]
const DECIMAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

// Within these powers of ten a number is written out; beyond them zeros would hide how large or small it is.
const SMALLEST_PLAIN = 1e-20;
const LARGEST_PLAIN = 1e30;

/**
 * Reads a decimal number: `12`, `-0.5`, `.5`, `5.`, `+5`, `1e3`; no white space, no other base, no `NaN`.
 *
 * @returns the nearest double, infinite if the number is too large; undefined if the text is not a decimal
 *   number
 */
export function parseDecimal(text: string): number | undefined {
  return DECIMAL.test(text) ? Number(text) : undefined;
}

/**
 * Writes a finite double with the fewest digits that give the same double again, as JavaScript does, but without
 * an exponent from 1e-20 up to 1e30, and negative zero as `0`.
 */
export function formatDecimal(value: number): string {
  const shortest = String(value);
  const magnitude = Math.abs(value);
  if (!shortest.includes("e") || magnitude < SMALLEST_PLAIN || magnitude >= LARGEST_PLAIN) return shortest;
  const sign = value < 0 ? "-" : "";
  const [mantissa, exponent] = String(magnitude).split("e") as [string, string];
  const [units, fraction = ""] = mantissa.split(".") as [string, string?];
  const power = Number(exponent);
  // The mantissa has one digit before its point: the written form only adds zeros on one side of the digits.
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${units}${fraction}`;
  return `${sign}${units}${fraction.padEnd(power, "0")}`;
}
