// deno-lint-ignore-file no-console -- a program: it says what it measured on stdout
// Measures the time from a request to its event in the feed of the trap: event_feed.ts PORT UI_PORT PER_SECOND SECONDS.
// A process of its own, tied to the generator's core. Prints the delays in milliseconds as one line of JSON.

import { ResponseReader } from "../response_reader.ts";

const TICK_MS = 5;
const DRAIN_MS = 5_000;

async function main(): Promise<void> {
  const [port = 0, uiPort = 0, perSecond = 0, seconds = 0] = Deno.args.map(Number);
  const count = perSecond * seconds;
  const sentAtMs: number[] = [];
  const delaysMs: number[] = [];
  const feed = await fetch(`http://127.0.0.1:${uiPort}/api/events`);
  const received = readFeed(feed, (index) => {
    delaysMs.push(performance.now() - sentAtMs[index]!);
    return delaysMs.length === count;
  });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const responses = readResponses(connection, count);
  const startMs = performance.now();
  while (sentAtMs.length < count) {
    const due = Math.min(count, Math.ceil((performance.now() - startMs) * perSecond / 1_000));
    let text = "";
    for (; sentAtMs.length < due; sentAtMs.push(performance.now())) {
      text += `GET /api?n=${sentAtMs.length} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    }
    if (text !== "") await connection.write(new TextEncoder().encode(text));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await responses;
  const timer = setTimeout(() => Deno.exit(1), DRAIN_MS);
  await received;
  clearTimeout(timer);
  connection.close();
  console.log(JSON.stringify(delaysMs));
}

async function readFeed(feed: Response, take: (index: number) => boolean): Promise<void> {
  let rest = "";
  for await (const text of feed.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const index = /"target":"\/api\?n=(\d+)"/.exec(block)?.[1];
      if (index !== undefined && take(Number(index))) return;
    }
  }
}

async function readResponses(connection: Deno.Conn, count: number): Promise<void> {
  const responses = new ResponseReader(connection);
  for (let i = 0; i < count; i++) await responses.readBody(await responses.readHead());
}

if (import.meta.main) await main();
