import { assertEquals } from "@std/assert";
import { findTokens } from "../../../../src/servers/trap/page/client/content/json_web_token.js";
import { toRequestRecord } from "../../../../src/servers/trap/records/to_record.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { storedRequest } from "../stored_requests.ts";

/** A token of RFC 7519. */
function tokenOf(payload: string, header: string = '{"alg":"HS256","typ":"JWT"}'): string {
  const encode = (text: string): string => new TextEncoder().encode(text).toBase64({ alphabet: "base64url" });
  return [header, payload].map((part) => encode(part).replaceAll("=", "")).join(".") + ".c2lnbmF0dXJl";
}

interface Sent {
  readonly headers?: readonly (readonly [string, string])[];
  readonly target?: string;
  readonly type?: string;
  readonly content?: string;
}

function placesOf({ headers = [], target = "/", type = "text/plain", content = "" }: Sent): string[] {
  const record = toRequestRecord(storedRequest("a", "", { headers, target }));
  return findTokens(record, bytesOf(content), type).map(({ place, payload }) => `${place}: ${payload}`);
}

const PAYLOAD = '{"sub":"J\u00fcrgen","n":12345678901234567890}';
const TOKEN = tokenOf(PAYLOAD);
const JSON_TYPE = "application/json";

const FOUND: readonly (readonly [place: string, sent: Sent])[] = [
  ["Authorization", { headers: [["Authorization", `Bearer ${TOKEN}`]] }],
  ["X-Token", { headers: [["X-Token", TOKEN]] }],
  ["cookie session", { headers: [["Cookie", `a=1; session=${TOKEN}`]] }],
  ["parameter id_token", { target: `/?id_token=${TOKEN}&x=1` }],
  ["user.tokens[1]", { type: JSON_TYPE, content: `{"user":{"tokens":["x","${TOKEN}"]}}` }],
  ["content", { type: JSON_TYPE, content: `"${TOKEN}"` }],
  ["content", { content: `token: ${TOKEN}\nmore` }],
  ["form field t", { type: "application/x-www-form-urlencoded", content: `t=${TOKEN}` }],
];

const NOT_FOUND: readonly string[] = [
  TOKEN.slice(0, -30).split(".")[0]!,
  tokenOf(PAYLOAD, '{"typ":"JWT"}'),
  tokenOf("[1]"),
  "eyJub.eyJqc29u.x",
  `${TOKEN}.fourth.fifth`,
];

Deno.test("findTokens() finds a JWT at any place, and names the place (RFC 7519 §3)", () => {
  for (const [place, sent] of FOUND) assertEquals(placesOf(sent), [`${place}: ${PAYLOAD}`], place);
});

Deno.test("findTokens() takes only well-formed tokens", () => {
  for (const value of NOT_FOUND) assertEquals(placesOf({ headers: [["X", value]] }), [], value);
});

Deno.test("findTokens() reads claims that are times, and no others", () => {
  const timesOf = (payload: string): unknown => {
    const record = toRequestRecord(storedRequest("a", "", { headers: [["X", tokenOf(payload)]] }));
    return findTokens(record, bytesOf(""), "")[0]?.times;
  };
  assertEquals(timesOf('{"iat":0,"exp":1700000000,"nbf":"soon"}'), [
    ["issued", "1970-01-01T00:00:00.000Z"],
    ["expires", "2023-11-14T22:13:20.000Z"],
  ]);
  assertEquals(timesOf('{"exp":1e300,"iat":-1}'), []);
});

Deno.test("findTokens() has a bound, and gives up on deep content", () => {
  const many = Array.from({ length: 30 }, () => TOKEN).join(" ");
  assertEquals(placesOf({ content: many }).length, 20);
  const deep = `${"[".repeat(5_000)}"${TOKEN}"${"]".repeat(5_000)}`;
  assertEquals(placesOf({ type: JSON_TYPE, content: deep }).length, 1);
});
