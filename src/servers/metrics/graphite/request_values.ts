import { HttpError } from "../../../http/errors.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { readWhole } from "../../../http/request/request_body.ts";

// Grafana sends a kilobyte; a list of thousands of names needs more.
const MAX_FORM_BYTES = 1_048_576;

/** The values of a request: those of its form, after those of its query. @throws {HttpError} 413 for a form that is too large */
export async function readValues(request: HttpRequest): Promise<URLSearchParams> {
  const values = new URLSearchParams(request.query);
  if (request.method !== "POST") return values;
  const type = request.headers.get("content-type") ?? "";
  const text = new TextDecoder().decode(await readWhole(request.body, MAX_FORM_BYTES));
  if (/^application\/json\b/i.test(type)) return values;
  for (const [name, value] of new URLSearchParams(text)) values.append(name, value);
  return values;
}

/** The last value of a name, as in Django; undefined if there is none. */
export function lastOf(values: URLSearchParams, name: string): string | undefined {
  return values.getAll(name).at(-1);
}

/** A switch: on for anything but an empty text, `0` and `false`. */
export function isOn(values: URLSearchParams, name: string): boolean {
  const value = lastOf(values, name);
  return value !== undefined && value !== "" && value !== "0" && value.toLowerCase() !== "false";
}

/** A whole number from 0; undefined if there is none. @throws {HttpError} 400 for another text */
export function countOf(values: URLSearchParams, name: string): number | undefined {
  const text = lastOf(values, name);
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new HttpError(400, `Cannot read ${name}: expected a whole number`);
}
