// Acts of well-behaved clients: every byte of every response is checked.

import { Checksum, makePattern } from "./pattern.ts";
import type { Afterwards, Visit } from "./visit.ts";

/** One act of a client on its connection. @throws when a response is not what it must be */
export type Act = (visit: Visit) => Promise<Afterwards>;

/** A file of the served folder, with its pattern. */
export interface PatternFile {
  readonly path: string;
  readonly number: number;
  readonly length: number;
}

/** The files that the folder must hold, with paths below its root. */
export const FILES: readonly PatternFile[] = [
  { path: "files/small.bin", number: 11, length: 1_700 },
  { path: "files/middle.bin", number: 12, length: 300_000 },
  { path: "files/large.bin", number: 13, length: 5_000_000 },
];

const SMALL_BYTES = 60_000;
const LARGE_BYTES = 3_000_000;
const MAX_BURST = 20;
const NUMBERS = 256;

const HOST = "Host: soak\r\n";

/** By name. */
export const GOOD_ACTS: Readonly<Record<string, Act>> = {
  get,
  download: (visit) => download(visit, "bytes"),
  "chunked download": (visit) => download(visit, "chunks"),
  burst,
  "upload by length": uploadByLength,
  "upload by chunks": uploadByChunks,
  "upload on demand": uploadOnDemand,
  mirror,
  head,
  file,
  range,
  "missing page": (visit) => fail(visit, "/missing", 404),
  "failing page": (visit) => fail(visit, "/fail", 500),
  "last request": (visit) => getLast(visit, `HTTP/1.1\r\n${HOST}Connection: close`),
  "HTTP/1.0": (visit) => getLast(visit, "HTTP/1.0"),
  "half close": halfClose,
};

async function get(visit: Visit): Promise<Afterwards> {
  const [number, length] = [visit.random.below(NUMBERS), visit.random.below(SMALL_BYTES)];
  await visit.send(`GET /bytes/${number}/${length} HTTP/1.1\r\n${HOST}\r\n`);
  await visit.expectPattern(await visit.expect(200), number, 0, length);
  return "goes on";
}

async function download(visit: Visit, kind: "bytes" | "chunks"): Promise<Afterwards> {
  const [number, length] = [visit.random.below(NUMBERS), visit.random.below(LARGE_BYTES)];
  await visit.send(`GET /${kind}/${number}/${length} HTTP/1.1\r\n${HOST}\r\n`);
  await visit.expectPattern(await visit.expect(200), number, 0, length);
  return "goes on";
}

async function burst(visit: Visit): Promise<Afterwards> {
  const { random } = visit;
  const wanted = Array.from({ length: 2 + random.below(MAX_BURST) }, () => ({
    method: random.happens(4) ? "HEAD" : "GET",
    number: random.below(NUMBERS),
    length: random.below(5_000),
  }));
  const requests = wanted.map(({ method, number, length }) =>
    `${method} /bytes/${number}/${length} HTTP/1.1\r\n${HOST}\r\n`
  );
  await visit.send(requests.join(""));
  for (const { method, number, length } of wanted) {
    const response = await visit.expect(200);
    if (response.contentLength !== length) throw new Error(`expected the response of ${length} bytes`);
    if (method === "GET") await visit.expectPattern(response, number, 0, length);
  }
  return "goes on";
}

/** Reads the server's report about content, and compares it with the content that was sent. */
async function expectDigest(visit: Visit, content: Uint8Array, trailer: string): Promise<Afterwards> {
  const sum = new Checksum();
  sum.add(content);
  const expected = JSON.stringify({ bytes: content.length, sum: sum.value, trailer });
  const text = await visit.readText(await visit.expect(200));
  if (text !== expected) throw new Error(`expected ${expected}, got ${text}`);
  return "goes on";
}

function makeContent({ random }: Visit, maxLength: number): Uint8Array<ArrayBuffer> {
  return makePattern(random.below(NUMBERS), 0, random.below(maxLength));
}

async function uploadByLength(visit: Visit): Promise<Afterwards> {
  const content = makeContent(visit, LARGE_BYTES);
  await visit.send(`POST /digest HTTP/1.1\r\n${HOST}Content-Length: ${content.length}\r\n\r\n`);
  await visit.send(content);
  return await expectDigest(visit, content, "");
}

async function uploadByChunks(visit: Visit): Promise<Afterwards> {
  const { random } = visit;
  const content = makeContent(visit, SMALL_BYTES);
  await visit.send(`POST /digest HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`);
  for (let start = 0; start < content.length;) {
    const chunk = content.subarray(start, start + 1 + random.below(8_000));
    await visit.send(`${chunk.length.toString(16)}${random.happens(5) ? ";a=b" : ""}\r\n`);
    await visit.send(chunk);
    await visit.send("\r\n");
    start += chunk.length;
  }
  const trailer = random.happens(2) ? "42" : "";
  await visit.send(`0\r\n${trailer === "" ? "" : `X-Sum: ${trailer}\r\n`}\r\n`);
  return await expectDigest(visit, content, trailer);
}

async function uploadOnDemand(visit: Visit): Promise<Afterwards> {
  const content = makePattern(visit.random.below(NUMBERS), 0, 1 + visit.random.below(SMALL_BYTES));
  const fields = `Expect: 100-continue\r\nContent-Length: ${content.length}\r\n`;
  await visit.send(`POST /digest HTTP/1.1\r\n${HOST}${fields}\r\n`);
  await visit.expect(100);
  await visit.send(content);
  return await expectDigest(visit, content, "");
}

async function mirror(visit: Visit): Promise<Afterwards> {
  const [number, length] = [visit.random.below(NUMBERS), visit.random.below(SMALL_BYTES)];
  await visit.send(`POST /mirror HTTP/1.1\r\n${HOST}Content-Length: ${length}\r\n\r\n`);
  await visit.send(makePattern(number, 0, length));
  await visit.expectPattern(await visit.expect(200), number, 0, length);
  return "goes on";
}

async function head(visit: Visit): Promise<Afterwards> {
  const { path, length } = visit.random.pick(FILES);
  await visit.send(`HEAD /${path} HTTP/1.1\r\n${HOST}\r\n`);
  const { contentLength } = await visit.expect(200);
  if (contentLength !== length) throw new Error(`expected ${length} bytes, got ${contentLength}`);
  return "goes on";
}

async function file(visit: Visit): Promise<Afterwards> {
  const { path, number, length } = visit.random.pick(FILES);
  await visit.send(`GET /${path} HTTP/1.1\r\n${HOST}\r\n`);
  await visit.expectPattern(await visit.expect(200), number, 0, length);
  return "goes on";
}

async function range(visit: Visit): Promise<Afterwards> {
  const { path, number, length } = visit.random.pick(FILES);
  const first = visit.random.below(length);
  const last = first + visit.random.below(length - first);
  await visit.send(`GET /${path} HTTP/1.1\r\n${HOST}Range: bytes=${first}-${last}\r\n\r\n`);
  const response = await visit.expect(206);
  if (!response.text.includes(`\r\nContent-Range: bytes ${first}-${last}/${length}\r\n`)) {
    throw new Error(`expected the range ${first}-${last}, got ${response.text}`);
  }
  await visit.expectPattern(response, number, first, last - first + 1);
  return "goes on";
}

async function fail(visit: Visit, path: string, status: number): Promise<Afterwards> {
  await visit.send(`GET ${path} HTTP/1.1\r\n${HOST}\r\n`);
  await visit.readText(await visit.expect(status));
  return "goes on";
}

async function getLast(visit: Visit, rest: string): Promise<Afterwards> {
  const [number, length] = [visit.random.below(NUMBERS), visit.random.below(SMALL_BYTES)];
  await visit.send(`GET /bytes/${number}/${length} ${rest}\r\n\r\n`);
  const response = await visit.expect(200);
  if (!/\r\nConnection: close\r\n/.test(response.text)) {
    throw new Error(`expected close, got ${response.text}`);
  }
  await visit.expectPattern(response, number, 0, length);
  await visit.expectEnd();
  return "is over";
}

async function halfClose(visit: Visit): Promise<Afterwards> {
  const [number, length] = [visit.random.below(NUMBERS), visit.random.below(LARGE_BYTES)];
  await visit.send(`GET /bytes/${number}/${length} HTTP/1.1\r\n${HOST}\r\n`);
  await visit.end();
  await visit.expectPattern(await visit.expect(200), number, 0, length);
  await visit.expectEnd();
  return "is over";
}
