import { assertEquals } from "@std/assert";
import { preferredType } from "../../src/http/accept.ts";
import { HttpHeaders } from "../../src/http/headers.ts";

const OFFERED = ["text/html", "text/plain", "application/json"] as const;

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

const ROWS: readonly (readonly [accept: string | readonly string[] | undefined, type: string])[] = [
  [undefined, "text/html"],
  ["", "text/html"],
  ["*/*", "text/html"],
  [BROWSER, "text/html"],
  ["text/plain", "text/plain"],
  ["TEXT/Plain ; Q=1", "text/plain"],
  ["application/json", "application/json"],
  ["application/json, text/plain", "text/plain"],
  ["application/json, text/plain;q=0.9", "application/json"],
  ["application/json, */*", "application/json"],
  ["application/json, */*;q=0.1", "application/json"],
  ["text/*", "text/html"],
  ["text/*;q=0.5, application/json;q=0.4", "text/html"],
  ["text/html;q=0, */*", "text/plain"],
  ["text/html;q=0.2, text/plain;q=0.3", "text/plain"],
  ["image/png", "text/html"],
  ["application/json;q=0", "text/html"],
  ["application/json;q=2", "application/json"],
  ["application/json;q=x", "application/json"],
  [["text/plain;q=0.1", "application/json;q=0.2"], "application/json"],
];

Deno.test("preferredType() takes the highest weight, then the more exact name, then the first (RFC 9110 §12.5.1)", () => {
  for (const [accept, type] of ROWS) {
    const lines = accept === undefined ? [] : typeof accept === "string" ? [accept] : accept;
    const headers = new HttpHeaders(lines.map((line) => ["Accept", line] as const));
    assertEquals(preferredType(headers, OFFERED), type, JSON.stringify(accept));
  }
});
