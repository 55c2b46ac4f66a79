// The work for an input, in operations and not in seconds: twice the input costs little more than twice the work.

import { assert, assertEquals } from "@std/assert";
import { parseCookies } from "../../src/http/cookies.ts";
import { forwardedHops, xForwardedHops } from "../../src/http/forwarded.ts";
import { HttpHeaders } from "../../src/http/headers.ts";
import { DEFAULT_LIMITS, type HttpLimits } from "../../src/http/limits.ts";
import { shouldKeepAlive } from "../../src/http/response/persistence.ts";
import { readUpTo } from "../../src/http/request/request_body.ts";
import { splitTarget } from "../../src/http/target.ts";
import { HttpTokenizer } from "../../src/http/tokens/tokenizer.ts";
import { chooseCoding } from "../../src/servers/static/resources/content_coding.ts";
import { listsTag } from "../../src/servers/static/resources/entity_tag.ts";
import { DocumentRoot } from "../../src/servers/static/disk/document_root.ts";
import { parseRanges } from "../../src/servers/static/answers/byte_ranges.ts";
import { parseUrlPath } from "../../src/servers/static/resources/url_path.ts";
import { type ByteSource, ReadingReader } from "../support/fake_source.ts";
import { bytesOf } from "../support/latin1.ts";
import { type Work, WorkMeter } from "../support/work_meter.ts";

// Without these limits every input is linear, because it is refused before it can cost much.
const NO_LIMITS = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((name) => [name, 1e9]),
) as unknown as HttpLimits;

// Room doubles in steps of reads of 2,048 bytes: both sizes lie equally far beyond such a step.
const SIZES = [5_000, 10_000] as const;
const CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/** Inputs of any length: a beginning, a part to repeat, an end. */
const ENDLESS: readonly (readonly [name: string, head: string, rest: string, end?: string])[] = [
  ["a method", "", "A", " / HTTP/1.1\r\n\r\n"],
  ["a target", "GET /", "a", " HTTP/1.0\r\n\r\n"],
  ["a target of brackets", "GET /", "[]", " HTTP/1.0\r\n\r\n"],
  ["a query", "GET /?", "a=b&", " HTTP/1.0\r\n\r\n"],
  ["an absolute-form", "GET http://", "a.", "/ HTTP/1.0\r\n\r\n"],
  ["a port of zeros", "CONNECT a:", "0", "1 HTTP/1.0\r\n\r\n"],
  ["empty lines", "", "\r\n", "GET / HTTP/1.0\r\n\r\n"],
  ["a field name", "GET / HTTP/1.0\r\n", "A", ": b\r\n\r\n"],
  ["a field value", "GET / HTTP/1.0\r\nA: ", "a", "\r\n\r\n"],
  ["a field value beyond ASCII", "GET / HTTP/1.0\r\nA: ", "\xe9", "\r\n\r\n"],
  ["white space in front of a value", "GET / HTTP/1.0\r\nA:", " ", "b\r\n\r\n"],
  ["white space after a value", "GET / HTTP/1.0\r\nA: b", " \t", "\r\n\r\n"],
  ["white space inside a value", "GET / HTTP/1.0\r\nA: b", " ", "c\r\n\r\n"],
  ["fields", "GET / HTTP/1.0\r\n", "A: b\r\n", "\r\n"],
  ["fields with long names", "GET / HTTP/1.0\r\n", `${"A".repeat(30)}: ${"b".repeat(30)}\r\n`, "\r\n"],
  ["fields beyond ASCII", "GET / HTTP/1.0\r\n", "A: \xe9\r\nB: and more than the shortest text\r\n", "\r\n"],
  ["a Host", "GET / HTTP/1.1\r\nHost: ", "a", "\r\n\r\n"],
  ["a Host of escapes", "GET / HTTP/1.1\r\nHost: ", "%41", "\r\n\r\n"],
  ["a Host of groups", "GET / HTTP/1.1\r\nHost: [", "1:", "]\r\n\r\n"],
  ["several Hosts", "GET / HTTP/1.1\r\n", "Host: a\r\n", "\r\n"],
  ["a length of zeros", "POST / HTTP/1.0\r\nContent-Length: ", "0", "\r\n\r\n"],
  ["a list of codings", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ", "a, ", "chunked\r\n\r\n"],
  ["a list of commas", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ", ", ", "chunked\r\n\r\n0\r\n\r\n"],
  ["a list of quotes", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ", '"\\",', "chunked\r\n\r\n"],
  ["lines of codings", "POST / HTTP/1.1\r\nHost: a\r\n", "Transfer-Encoding: a\r\n", "\r\n"],
  ["content", "POST / HTTP/1.0\r\nContent-Length: 100000000\r\n\r\n", "x"],
  ["zeros of a chunk size", CHUNKED, "0", "1\r\nx\r\n0\r\n\r\n"],
  ["a chunk extension", `${CHUNKED}1;`, "a", "\r\nx\r\n0\r\n\r\n"],
  ["chunk extensions", `${CHUNKED}1`, ' ; a = "b"', "\r\nx\r\n0\r\n\r\n"],
  ["a quoted chunk extension", `${CHUNKED}1;a="`, '\\"', '"\r\nx\r\n0\r\n\r\n'],
  ["chunks of one byte", CHUNKED, "1\r\nx\r\n", "0\r\n\r\n"],
  ["chunks of one byte with extensions", CHUNKED, "1;abcd\r\nx\r\n", "0\r\n\r\n"],
  ["a chunk", `${CHUNKED}ffffffff\r\n`, "x"],
  ["a trailer", `${CHUNKED}0\r\nA: `, "a", "\r\n\r\n"],
  ["trailers", `${CHUNKED}0\r\n`, "A: b\r\n", "\r\n"],
  ["requests", "", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["requests with content", "", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"],
  ["requests with chunks", "", `${CHUNKED}3\r\nabc\r\n0\r\nT: u\r\n\r\n`],
  ["requests with empty lines", "", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"],
];

function* cut(input: Uint8Array<ArrayBuffer>, pieceSize: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < input.length; at += pieceSize) yield input.slice(at, at + pieceSize);
}

function tokenizeAll(input: Uint8Array<ArrayBuffer>, pieceSize: number, lineTokens: boolean): void {
  const tokenizer = new HttpTokenizer({ ...NO_LIMITS, lineTokens });
  for (const piece of cut(input, pieceSize)) tokenizer.push(piece);
}

/** A client whose bytes cost nothing but their copying. */
class BareSource implements ByteSource {
  #rest: Uint8Array;
  readonly #pieceSize: number;

  constructor(bytes: Uint8Array, pieceSize: number) {
    this.#rest = bytes;
    this.#pieceSize = pieceSize;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    const count = Math.min(buffer.length, this.#pieceSize, this.#rest.length);
    buffer.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return Promise.resolve(count === 0 ? null : count);
  }
}

/** Reads all requests with their content, and asks each the questions that a server asks. */
async function readAll(input: Uint8Array, pieceSize: number): Promise<void> {
  const reader = new ReadingReader(new BareSource(input, pieceSize), { ...NO_LIMITS, keepRawHead: true });
  for (;;) {
    const request = await reader.read();
    if (request === null) break;
    await readUpTo(request.body, Infinity);
    shouldKeepAlive(request);
    if (request.refusal !== undefined || reader.reader.hasEnded) break;
  }
}

/** Twice the input may cost little more than twice the work; the constant is the cost of any connection. */
function assertLinear(what: string, [once, twice]: readonly Work[]): void {
  for (const kind of ["blockRuns", "nativeSteps", "allocatedBytes"] as const) {
    assert(twice![kind] <= 2.3 * once![kind] + 1_000, `${what}: ${kind} ${once![kind]} and ${twice![kind]}`);
  }
}

async function withMeter(test: (meter: WorkMeter) => Promise<void>): Promise<void> {
  const meter = await WorkMeter.open();
  try {
    await test(meter);
  } finally {
    await meter.close();
  }
}

async function measureBoth<T>(
  meter: WorkMeter,
  [once, twice]: readonly T[],
  work: (input: T) => unknown,
): Promise<Work[]> {
  return [await meter.measure(() => work(once!)), await meter.measure(() => work(twice!))];
}

function textOfSize(size: number, head: string, rest: string, end: string = ""): string {
  return head + rest.repeat(Math.ceil(size / rest.length)) + end;
}

for (const [name, head, rest, end] of ENDLESS) {
  const inputs = SIZES.map((size) => bytesOf(textOfSize(size, head, rest, end)));
  Deno.test(`HttpTokenizer does twice the work for twice as much of ${name}, not four times`, () =>
    withMeter(async (meter) => {
      for (const pieceSize of [1, 100, 1e9]) {
        for (const lineTokens of [true, false]) {
          const works = await measureBoth(
            meter,
            inputs,
            (input) => tokenizeAll(input, pieceSize, lineTokens),
          );
          assertLinear(`pieces of ${pieceSize}`, works);
        }
      }
    }));

  Deno.test(`RequestReader does twice the work for twice as much of ${name}, also for raw heads`, () =>
    withMeter(async (meter) => {
      for (const pieceSize of [100, 1e9]) {
        const works = await measureBoth(meter, inputs, (input) => readAll(input, pieceSize));
        assertLinear(`pieces of ${pieceSize}`, works);
      }
    }));
}

// Inputs that may pass through a connection without end.
const PASSING: readonly (readonly [name: string, head: string, rest: string])[] = [
  ["requests", "", "GET / HTTP/1.1\r\nHost: a\r\nA: and more than the shortest text\r\n\r\n"],
  ["requests with content", "", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"],
  ["requests with chunks", "", `${CHUNKED}3\r\nabc\r\n0\r\nT: u\r\n\r\n`],
  ["requests with empty lines", "", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["content", "POST / HTTP/1.0\r\nContent-Length: 1000000\r\n\r\n", "x"],
  ["chunks of one byte", CHUNKED, "1\r\nx\r\n"],
  ["a chunk", `${CHUNKED}fffff\r\n`, "x"],
];

for (const [name, head, rest] of PASSING) {
  Deno.test(`a connection takes no more memory for twice as much of ${name}`, () =>
    withMeter(async (meter) => {
      const inputs = [40_000, 80_000].map((size) => bytesOf(textOfSize(size, head, rest)));
      for (const pieceSize of [7, 1_000]) {
        const works = await measureBoth(meter, inputs, async (input) => {
          const reader = new ReadingReader(new BareSource(input, pieceSize));
          for (let request = await reader.read(); request !== null;) {
            while (await request.body.read().catch(() => null) !== null);
            request = await reader.read();
          }
        });
        const [once, twice] = works.map(({ allocatedBytes }) => allocatedBytes);
        assertEquals(twice, once, `pieces of ${pieceSize}`);
        assert(once! < 100_000, `${once} bytes`);
      }
    }));
}

const hops = (value: string): unknown => forwardedHops(new HttpHeaders([["Forwarded", value]]));
const customaryHops = (value: string): unknown =>
  xForwardedHops(new HttpHeaders([["X-Forwarded-For", value]]));

const site = new DocumentRoot({
  path: new URL(".", import.meta.url).pathname,
  symlinks: "inside",
  dotfiles: "deny",
  now: () => 0,
});

const VALUES: readonly (readonly [name: string, rest: string, use: (text: string) => unknown])[] = [
  ["hops of Forwarded", 'for="[::1]:5" ; proto=https , ', hops],
  ["a token of Forwarded", "a", hops],
  ["blanks of Forwarded", " ", hops],
  ["a quoted string of Forwarded", '\\"', (text) => hops(`for="${text}`)],
  ["hops of X-Forwarded-For", "192.0.2.1 , ", customaryHops],
  ["blanks of X-Forwarded-For", " ", (text) => customaryHops(`a${text}b`)],
  ["cookies", 'a="b"; ', (text) => parseCookies([text])],
  ["cookies without equals signs", "a;", (text) => parseCookies([text])],
  ["path segments", "/a/..", (text) => parseUrlPath(text)],
  ["names of folders that do not exist", "x/", (text) => site.locate(parseUrlPath(`/${text}`)!.segments)],
  ["escapes of a path", "/%61", (text) => parseUrlPath(text)],
  ["question marks", "/?", (text) => splitTarget(text)],
  ["Connection", "a, ", (text) => new HttpHeaders([["Connection", text]]).getList("connection")],
  ["quotes", '"\\', (text) => new HttpHeaders([["A", text]]).getList("a")],
  ["entity tags", 'W/"x", ', (text) => listsTag(text, '"a"', "strong")],
  ["malformed entity tags", '"', (text) => listsTag(text, '"a"', "weak")],
  ["ranges", "1-2, ", (text) => parseRanges(`bytes=${text}`)],
  ["white space between ranges", "1-2 \t ,", (text) => parseRanges(`bytes=${text}`)],
  ["white space without a range", " \t", (text) => parseRanges(`bytes=${text}x`)],
  ["codings", "gzip;q=0.5, ", (text) => chooseCoding(new HttpHeaders([["Accept-Encoding", text]]), ["gzip"])],
];

for (const [name, rest, use] of VALUES) {
  Deno.test(`reading ${name} costs twice the work for twice the length`, () =>
    withMeter(async (meter) => {
      const texts = SIZES.map((size) => textOfSize(size, "", rest));
      assertLinear(name, await measureBoth(meter, texts, use));
    }));
}

Deno.test("WorkMeter counts a quadratic loop and quadratic copies as four times the work", () =>
  withMeter(async (meter) => {
    const works = await measureBoth(meter, SIZES, (size) => {
      const headers = new HttpHeaders();
      for (let i = 0; i < size / 20; i++) {
        headers.append("A", "b");
        headers.count("a");
      }
    });
    assert(works[1]!.blockRuns > 3.5 * works[0]!.blockRuns, JSON.stringify(works));
    const copies = await measureBoth(meter, SIZES, (size) => {
      let all = new Uint8Array(0);
      for (let i = 0; i < size / 20; i++) {
        const longer = new Uint8Array(all.length + 20);
        longer.set(all);
        all = longer;
      }
    });
    assert(copies[1]!.nativeSteps > 3.5 * copies[0]!.nativeSteps, JSON.stringify(copies));
    assert(copies[1]!.allocatedBytes > 3.5 * copies[0]!.allocatedBytes, JSON.stringify(copies));
    assertEquals(new Uint8Array(2) instanceof Uint8Array, true);
  }));
