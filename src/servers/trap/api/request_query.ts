// The parameters of the API that choose requests.

import { HttpError } from "../../../http/errors.ts";
import { findParameter, splitQuery } from "../records/parameters.ts";
import type { RequestTest } from "../store/request_store.ts";
import { DecodingBudget } from "../store/decoded_content.ts";
import { contains, toNeedle } from "../store/search.ts";

const FAULTS = ["malformed", "aborted", "timeout", "cut", "script", "any", "none"];

/** The parameters of a call. */
export class CallParameters {
  readonly #query: string;

  /** @param query as sent */
  constructor(query: string) {
    this.#query = query;
  }

  /** The decoded value of a parameter; undefined if it is missing or empty. */
  text(name: string): string | undefined {
    return findParameter(splitQuery(this.#query), name) || undefined;
  }

  /** A whole number between two bounds. @throws {HttpError} 400 for anything else */
  integer(name: string, { preset, min, max }: { preset: number; min: number; max: number }): number {
    const text = this.text(name);
    if (text === undefined) return preset;
    const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new HttpError(
      400,
      `Cannot read ${name}: expected a whole number from ${min} to ${max}, got "${text}"`,
    );
  }

  /**
   * The chosen requests: `method` and `path` as sent; `level=error` for those with errors; `q` for a text in
   * target, fields or content, as it came or decoded; `id` for one request; `fault` for those with this
   * fault, or with `any`; `kind` for requests or failed handshakes; `bin` for those of one bin.
   *
   * @throws {HttpError} 400 for another level, fault or kind
   */
  test(): RequestTest {
    const method = this.text("method");
    const path = this.text("path");
    const id = this.text("id");
    const needle = this.text("q");
    const wantsErrors = this.#choice("level", ["info", "error"]) === "error";
    const fault = this.#choice("fault", FAULTS);
    const kind = this.#choice("kind", ["request", "tls"]);
    const bin = this.text("bin");
    const bytes = needle === undefined ? undefined : toNeedle(needle);
    const budget = new DecodingBudget();
    return (request) =>
      (id === undefined || request.id === id) &&
      (method === undefined || request.facts.method === method) &&
      (path === undefined || request.path === path) &&
      (!wantsErrors || request.hasErrors || request.isHandshake) &&
      (fault === undefined ||
        (fault === "any" ? request.fault !== null : (request.fault ?? "none") === fault)) &&
      (kind === undefined || (kind === "tls") === request.isHandshake) &&
      (bin === undefined || request.facts.bin === bin) &&
      (bytes === undefined || contains(request, bytes, budget));
  }

  /** Whether a switch is on: `1`. @throws {HttpError} 400 for other values than 0 and 1 */
  isOn(name: string): boolean {
    return this.#choice(name, ["0", "1"]) === "1";
  }

  #choice(name: string, choices: readonly string[]): string | undefined {
    const text = this.text(name);
    if (text === undefined || choices.includes(text)) return text;
    throw new HttpError(400, `Cannot read ${name}: expected ${choices.join(" or ")}, got "${text}"`);
  }
}
