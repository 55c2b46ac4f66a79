import { assert, assertEquals } from "@std/assert";
import { HttpError } from "../../../src/http/errors.ts";
import { readUpTo, readWhole } from "../../../src/http/request/request_body.ts";
import { RequestReader } from "../../../src/http/request/request_reader.ts";
import { Random } from "../../support/random.ts";

const CONTENT_BYTES = 300_000;
const NEXT = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
const encoder = new TextEncoder();

/** A request with long content, and one after it, as bytes. */
function wire(content: Uint8Array, framing: "length" | "chunked"): Uint8Array {
  const size = content.length;
  const [field, before, after] = framing === "length"
    ? [`Content-Length: ${size}`, "", ""]
    : ["Transfer-Encoding: chunked", `${size.toString(16)}\r\n`, "\r\n0\r\n\r\n"];
  const head = encoder.encode(`POST / HTTP/1.1\r\nHost: a\r\n${field}\r\n\r\n${before}`);
  const rest = encoder.encode(after + NEXT);
  const bytes = new Uint8Array(head.length + size + rest.length);
  bytes.set(head);
  bytes.set(content, head.length);
  bytes.set(rest, head.length + size);
  return bytes;
}

/** A connection that gives as many bytes as fit, up to a limit for each read. */
class Feed {
  readonly reader: RequestReader;
  largestRead = 0;
  readonly #bytes: Uint8Array;
  readonly #most: () => number;
  #position = 0;

  /** @param hasMemoryToSpare the state of memory while content is kept */
  constructor(bytes: Uint8Array, most: () => number, hasMemoryToSpare: () => boolean = () => true) {
    this.#bytes = bytes;
    this.#most = most;
    this.reader = new RequestReader({}, {
      onContentWanted: () => queueMicrotask(() => this.fill()),
      onContentEnd() {},
      onContentKept: hasMemoryToSpare,
    });
  }

  fill(): void {
    const buffer = this.reader.buffer();
    const end = Math.min(this.#bytes.length, this.#position + Math.min(buffer.length, this.#most()));
    buffer.set(this.#bytes.subarray(this.#position, end));
    this.largestRead = Math.max(this.largestRead, end - this.#position);
    const count = end - this.#position;
    this.#position = end;
    this.reader.load(count === 0 ? null : count);
  }

  take(): ReturnType<RequestReader["take"]> {
    let request = this.reader.take();
    for (; request === undefined; request = this.reader.take()) this.fill();
    return request;
  }
}

function someContent(): Uint8Array {
  return Uint8Array.from({ length: CONTENT_BYTES }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
}

for (const framing of ["length", "chunked"] as const) {
  Deno.test(`readWhole() gives long content as sent, in reads of any size, and the next request after it: ${framing}`, async () => {
    const content = someContent();
    for (let seed = 1; seed <= 12; seed++) {
      const numbers = new Random(seed);
      const feed = new Feed(wire(content, framing), () => seed < 3 ? Infinity : 1 + numbers.below(90_000));
      assertEquals(await readWhole(feed.take()!.body), content);
      assertEquals(feed.take()!.target, "/next");
    }
  });
}

Deno.test("readWhole() reads content of a known length straight into its array", async () => {
  const feed = new Feed(wire(someContent(), "length"), () => Infinity);
  const bytes = await readWhole(feed.take()!.body);
  assert(feed.largestRead > 65_536, `at most ${feed.largestRead} bytes were read at once`);
  const before = bytes.slice();
  assertEquals(feed.take()!.target, "/next");
  assertEquals(bytes, before);
});

Deno.test("readWhole() gathers content in small pieces while memory is short, and switches back and forth", async () => {
  const content = someContent();
  const feed = new Feed(wire(content, "length"), () => Infinity, () => false);
  assertEquals(await readWhole(feed.take()!.body), content);
  assert(feed.largestRead <= 65_536, `${feed.largestRead} bytes were read at once`);
  for (let seed = 1; seed <= 8; seed++) {
    const numbers = new Random(seed);
    const changing = new Feed(
      wire(content, "length"),
      () => 1 + numbers.below(90_000),
      () => numbers.below(2) === 0,
    );
    assertEquals(await readWhole(changing.take()!.body), content);
    assertEquals(changing.take()!.target, "/next");
  }
});

Deno.test("readUpTo() does not give its array away after content that is too long", async () => {
  const content = someContent();
  const feed = new Feed(wire(content, "length"), () => 10_000);
  const { body } = feed.take()!;
  const { bytes, error } = await readUpTo(body, 150_000);
  assertEquals({ bytes, hasError: error instanceof Error }, {
    bytes: content.subarray(0, 150_000),
    hasError: true,
  });
  for (let piece = await body.read(); piece !== null; piece = await body.read());
  assertEquals(bytes, content.subarray(0, 150_000));
});

Deno.test("readUpTo() gives the beginning of long content that breaks off", async () => {
  const content = someContent();
  const feed = new Feed(wire(content, "length").subarray(0, 200_000), () => Infinity);
  const { bytes, error } = await readUpTo(feed.take()!.body, Infinity);
  assertEquals(error instanceof Error, true);
  assertEquals(bytes, content.subarray(0, bytes.length));
  assert(bytes.length > 199_000);
});

Deno.test("readUpTo() keeps nothing of content that the server gave up because others need the memory", async () => {
  const pieces = [new Uint8Array(70_000), new Uint8Array(70_000)];
  const eviction = new HttpError(503, "Cannot hold the content", { code: "overload" });
  let asksForRoom = false;
  const { bytes, error } = await readUpTo(
    {
      read: () => {
        const piece = pieces.shift();
        return piece === undefined ? Promise.reject(eviction) : Promise.resolve(piece);
      },
    },
    1_000_000,
    () => {
      asksForRoom = true;
      return Promise.resolve();
    },
  );
  assertEquals({ length: bytes.length, asksForRoom, error }, {
    length: 0,
    asksForRoom: false,
    error: eviction,
  });
});
