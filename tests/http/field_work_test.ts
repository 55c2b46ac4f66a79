// Reading any part of a request costs work in proportion to its length, whatever a client writes. The work is counted
// for texts of one, two and four times the length, the steps of regular expressions included.

import { assert, assertEquals } from "@std/assert";
import { joinUrl } from "../../src/backend/fetch/request/request_url.ts";
import { preferredType } from "../../src/http/accept.ts";
import { parseCookies } from "../../src/http/cookies.ts";
import { forwardedHops, xForwardedHops } from "../../src/http/forwarded.ts";
import { HttpHeaders, listsToken } from "../../src/http/headers.ts";
import { isHost, isHostWithPort } from "../../src/http/host.ts";
import { authorityOf, isHttpsUri, splitTarget } from "../../src/http/target.ts";
import { escapeLatin1Column, jsonOfLatin1 } from "../../src/log/escape.ts";
import { decideRanges } from "../../src/servers/static/answers/byte_ranges.ts";
import { parseHttpDate } from "../../src/servers/static/answers/http_date.ts";
import { checkPreconditions, isRangeCurrent } from "../../src/servers/static/answers/preconditions.ts";
import { acceptedCodings } from "../../src/servers/static/resources/content_coding.ts";
import { listsTag } from "../../src/servers/static/resources/entity_tag.ts";
import { parseUrlPath } from "../../src/servers/static/resources/url_path.ts";
import { fakeRequest } from "../support/fake_request.ts";
import { RegexMeter } from "../support/regex_steps.ts";
import { meterNatives } from "../support/work_meter.ts";

const CURRENT = { etag: '"a"', lastModifiedMs: 1_000_000 };
const NOW_MS = 1_750_000_000_000;

const one = (name: string, text: string): HttpHeaders => new HttpHeaders([[name, text]]);

/** Every function that reads a part of a request, with a beginning that leads it further. */
const READERS: readonly (readonly [name: string, beginning: string, read: (text: string) => unknown])[] = [
  ["Host", "", isHost],
  ["Host in brackets", "[", isHost],
  ["the target of CONNECT", "a:", isHostWithPort],
  ["a target", "/", splitTarget],
  ["a target with an authority", "http://", authorityOf],
  ["a target that may be https", "https:", isHttpsUri],
  ["a path", "/", parseUrlPath],
  ["the URL of a web Request", "/", (text) => joinUrl("http://a", fakeRequest(`GET ${text}`))],
  ["Cookie", "a=", (text) => parseCookies([text])],
  ["Connection", "close", (text) => listsToken(text, "close")],
  ["Accept", "text/html", (text) => preferredType(one("Accept", text), ["text/plain", "text/html"])],
  ["Accept with a weight", "text/html;q=", (text) => preferredType(one("Accept", text), ["text/plain"])],
  ["Accept-Encoding", "gzip;q=", (text) => acceptedCodings(one("Accept-Encoding", text))],
  ["Forwarded", "for=", (text) => forwardedHops(one("Forwarded", text))],
  ["Forwarded in quotes", 'for="', (text) => forwardedHops(one("Forwarded", text))],
  ["X-Forwarded-For", "192.0.2.1", (text) => xForwardedHops(one("X-Forwarded-For", text))],
  ["Range", "bytes=0-1", (text) => decideRanges(text, 1_000)],
  ["Range with several", "bytes=0-1,", (text) => decideRanges(text, 1_000)],
  ["If-None-Match", '"a"', (text) => listsTag(text, '"b"', "weak")],
  ["If-Match", 'W/"', (text) => listsTag(text, '"b"', "strong")],
  ["If-Modified-Since", "Sun, 06 Nov", (text) => parseHttpDate(text, NOW_MS)],
  ["preconditions", '"', (text) => checkPreconditions(one("If-None-Match", text), CURRENT, NOW_MS)],
  ["If-Range", '"', (text) => isRangeCurrent(one("If-Range", text), CURRENT, NOW_MS)],
  ["a column of the log", "", escapeLatin1Column],
  ["a text of the log", "", jsonOfLatin1],
];

/** The part to repeat, and an end that makes all of it in vain. */
const REPEATED = [
  ...' \t,;="\\01a/:.%-~[]()',
  ...[
    "a=",
    "a=b;",
    '"a",',
    " ,",
    "a b",
    "/.",
    "/..",
    '="',
    'W/"',
    "0-",
    "1-2,",
    ";q=",
    "%2e",
    "a,",
    '\\"',
    ": ",
    "1:",
    "\xe9",
  ],
];
const ENDS = ["", "x", "\x00"];
const LENGTHS = [150, 300, 600] as const;

function workOf(read: (text: string) => unknown, text: string): number {
  const natives = meterNatives();
  const patterns = new RegexMeter();
  try {
    read(text);
  } catch (error) {
    // A refusal is a result; an error of the meter is not.
    if (error instanceof RangeError) throw error;
  } finally {
    patterns.restore();
    natives.restore();
  }
  return natives.steps() + patterns.steps;
}

for (const [name, beginning, read] of READERS) {
  Deno.test(`reading ${name} costs work in proportion to its length`, () => {
    for (const repeated of REPEATED) {
      for (const end of ENDS) {
        const works = LENGTHS.map((length) =>
          workOf(read, beginning + repeated.repeat(Math.ceil(length / repeated.length)) + end)
        );
        const [once, twice, fourTimes] = works as [number, number, number];
        const isLinear = twice <= 2.3 * once + 300 && fourTimes <= 4.6 * once + 600;
        assert(isLinear, `${JSON.stringify(beginning + repeated)} … ${JSON.stringify(end)}: ${works}`);
      }
    }
  });
}

Deno.test("RegexMeter counts quadratic patterns as such, and linear ones", () => {
  const count = (pattern: RegExp, length: number): number => {
    const meter = new RegexMeter();
    pattern.test(" ".repeat(length) + "x");
    meter.restore();
    return meter.steps;
  };
  assert(count(/\s+$/, 800) > 3.5 * count(/\s+$/, 400));
  assert(count(/^(?:\s|\s\s)*y/, 18) > 10 * count(/^(?:\s|\s\s)*y/, 12));
  assert(count(/^\s+$/, 800) < 2.3 * count(/^\s+$/, 400) + 10);
  assertEquals("a1b22".replaceAll(/[0-9]+/g, "#"), "a#b#");
});
