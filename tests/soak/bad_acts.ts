// Acts of broken, hostile or vanished clients. If a response is due, it is checked.

import { EarlyEnd } from "../bench/response_reader.ts";
import { makePattern } from "./pattern.ts";
import type { Act } from "./good_acts.ts";
import type { Afterwards, Visit } from "./visit.ts";

const HOST = "Host: soak\r\n";
const UPLOAD = `POST /digest HTTP/1.1\r\n${HOST}`;

// Each of them is refused as soon as it has come.
const MALFORMED: readonly (readonly [sent: string, status: number])[] = [
  ["GET / HTTP/1.1\r\n\r\n", 400],
  [`GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400],
  [`GET / HTTP/1.1\r\n${HOST}X : a\r\n\r\n`, 400],
  [`GET / HTTP/9.9\r\n${HOST}\r\n`, 505],
  [`${UPLOAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
  [`${UPLOAD}Content-Length: +1\r\n\r\n`, 400],
  [`${UPLOAD}Transfer-Encoding: chunked\r\n\r\nz\r\n`, 400],
  [`GET /${"a".repeat(9_000)} HTTP/1.1\r\n${HOST}\r\n`, 414],
  [`GET / HTTP/1.1\r\n${HOST}X: ${"a".repeat(17_000)}\r\n\r\n`, 431],
];

/** By name. */
export const BAD_ACTS: Readonly<Record<string, Act>> = {
  "malformed request": sendMalformed,
  garbage: sendGarbage,
  "too large upload": sendTooMuch,
  "upload cut off": cutUpload,
  "upload given up": leaveUpload,
  "download given up": leaveDownload,
  "burst given up": leaveBurst,
  "broken response with a length": (visit) => seeBreak(visit, "broken"),
  "broken response in chunks": (visit) => seeBreak(visit, "broken_chunks"),
};

async function sendMalformed(visit: Visit): Promise<Afterwards> {
  const [sent, status] = visit.random.pick(MALFORMED);
  await visit.send(`${sent}GET /bytes/1/1 HTTP/1.1\r\n${HOST}\r\n`);
  await visit.readText(await visit.expect(status));
  await visit.expectEnd();
  return "is over";
}

/** A line that does not begin with a method is refused, whatever it holds. */
async function sendGarbage(visit: Visit): Promise<Afterwards> {
  const bytes = makePattern(visit.random.below(256), 1, 1 + visit.random.below(5_000));
  bytes[0] = visit.random.below(0x20) | 0x80;
  await visit.send(bytes);
  await visit.send("\r\n");
  await visit.readText(await visit.expect(400));
  await visit.expectEnd();
  return "is over";
}

async function sendTooMuch(visit: Visit): Promise<Afterwards> {
  await visit.send(`${UPLOAD}Content-Length: 9000000\r\n\r\n`);
  await visit.send(makePattern(1, 0, visit.random.below(4_000_000)));
  await visit.readText(await visit.expect(413));
  return "is over";
}

async function cutUpload(visit: Visit): Promise<Afterwards> {
  await visit.send(`${UPLOAD}Content-Length: 100000\r\n\r\n`);
  await visit.send(makePattern(1, 0, visit.random.below(100_000)));
  await visit.end();
  await visit.readText(await visit.expect(400));
  await visit.expectEnd();
  return "is over";
}

async function leaveUpload(visit: Visit): Promise<Afterwards> {
  await visit.send(
    `GET /bytes/1/5000 HTTP/1.1\r\n${HOST}\r\n${UPLOAD}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
  );
  await visit.glance();
  return "is over";
}

async function leaveDownload(visit: Visit): Promise<Afterwards> {
  const path = visit.random.pick(["bytes/1/9000000", "chunks/1/9000000", "files/large.bin"]);
  await visit.send(`GET /${path} HTTP/1.1\r\n${HOST}\r\n`);
  await visit.glance();
  return "is over";
}

async function leaveBurst(visit: Visit): Promise<Afterwards> {
  await visit.send(`GET /bytes/1/5000 HTTP/1.1\r\n${HOST}\r\n`.repeat(1 + visit.random.below(200)));
  if (visit.random.happens(2)) await visit.glance();
  return "is over";
}

/** A response that breaks off must not look whole: the connection ends first. */
async function seeBreak(visit: Visit, path: string): Promise<Afterwards> {
  const length = visit.random.below(100_000);
  await visit.send(`GET /${path}/1/${length} HTTP/1.1\r\n${HOST}\r\n`);
  const head = await visit.expect(200);
  try {
    await visit.expectPattern(head, 1, 0, Infinity);
  } catch (error) {
    if (error instanceof EarlyEnd || error instanceof Deno.errors.ConnectionReset) return "is over";
    throw error;
  }
  throw new Error("a broken response looked whole");
}
