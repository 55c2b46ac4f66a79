// Reads the values of a script strictly: the message names the place of a mistake, in one line.

/** A fault in a script: the message names the place as a JSON path, what was expected, and what was found. */
export class ScriptError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "ScriptError";
}

/** Reads a value. @param path its place as a JSON path @throws {ScriptError} when it is of another kind */
export type ValueReader<T> = (value: unknown, path: string) => T;

/** Reads a text. */
export function readText(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw fault(path, "a text", value);
}

/** Reads a truth value. */
export function readBoolean(value: unknown, path: string): boolean {
  if (typeof value === "boolean") return value;
  throw fault(path, "true or false", value);
}

/** Makes a reader of whole numbers between two bounds. */
export function integerReader(min: number, max: number): ValueReader<number> {
  return (value, path) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
    throw fault(path, `a whole number from ${min} to ${max}`, value);
  };
}

/** Reads a list. */
export function readList<T>(value: unknown, path: string, read: ValueReader<T>): T[] {
  if (!Array.isArray(value)) throw fault(path, "a list", value);
  return value.map((item, index) => read(item, `${path}[${index}]`));
}

/** Reads an optional member of an object. */
export function readOptional<T>(
  object: Readonly<Record<string, unknown>>,
  name: string,
  { path, read }: { readonly path: string; readonly read: ValueReader<T> },
): T | undefined {
  const value = object[name];
  return value === undefined ? undefined : read(value, `${path}.${name}`);
}

/** Reads an object without other members than these. */
export function readObject(
  value: unknown,
  path: string,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw fault(path, "an object", value);
  const stranger = Object.keys(value).find((name) => !names.includes(name));
  if (stranger !== undefined) throw fault(path, `only ${names.join(", ")}`, stranger);
  return value;
}

/** Name, value and place of each member of an object. */
export function readEntries(value: unknown, path: string): (readonly [string, unknown, string])[] {
  if (!isObject(value)) throw fault(path, "an object of names and values", value);
  return Object.entries(value).map(([name, member]) => [name, member, `${path}[${JSON.stringify(name)}]`]);
}

/** Whether a value is an object and not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// The found text may be long, and must stay on its line.
const MAX_SHOWN = 60;

/** Makes the error for a value. */
export function fault(path: string, expected: string, value: unknown): ScriptError {
  const found = value === undefined ? "nothing" : JSON.stringify(value);
  const shown = found.length > MAX_SHOWN ? `${found.slice(0, MAX_SHOWN)}...` : found;
  return new ScriptError(`${path}: expected ${expected}, got ${shown}`);
}
