// The attacks: each says what one attacker does. The routes are those of target.ts.

import { type Attacker, drop, send, type Siege } from "./siege.ts";

/** One way to wear a server out. */
export interface Attack {
  /** The attack's name. */
  readonly name: string;
  /** What it does, for people. */
  readonly title: string;
  /** What one attacker does. */
  readonly attacker: Attacker;
}

const HEAD = "GET / HTTP/1.1\r\nHost: a\r\n";
const UPLOAD = "POST /upload HTTP/1.1\r\nHost: a\r\n";

/** Every attack. */
export const ATTACKS: readonly Attack[] = [
  { name: "silence", title: "connections that say nothing and never end", attacker: beSilent },
  { name: "vanishing", title: "clients that vanish without FIN after a response", attacker: vanish },
  {
    name: "slow-heads",
    title: "heads that come byte by byte",
    attacker: (siege, ready) => drip(siege, ready, `${HEAD}X: `, "x"),
  },
  {
    name: "large-heads",
    title: "heads of 15 KB without an end",
    attacker: (siege, ready) => drip(siege, ready, `${HEAD}X: ${"x".repeat(15_000)}`, "x"),
  },
  {
    name: "slow-bodies",
    title: "content that comes byte by byte",
    attacker: (siege, ready) => drip(siege, ready, `${UPLOAD}Content-Length: 1000000\r\n\r\n`, "x"),
  },
  {
    name: "stopped-bodies",
    title: "content that stops after 60 KB",
    attacker: (siege, ready) =>
      drip(siege, ready, `${UPLOAD}Content-Length: 1000000\r\n\r\n${"x".repeat(60_000)}`, ""),
  },
  {
    name: "slow-chunks",
    title: "chunks of one byte, now and then",
    attacker: (siege, ready) =>
      drip(siege, ready, `${UPLOAD}Transfer-Encoding: chunked\r\n\r\n`, "1\r\nx\r\n"),
  },
  {
    name: "slow-readers",
    title: "responses of 1 GiB that nobody reads",
    attacker: (siege, ready) => drip(siege, ready, `GET /large HTTP/1.1\r\nHost: a\r\n\r\n`, ""),
  },
  { name: "pipelines", title: "pipelined requests without end, no response read", attacker: pipeline },
  { name: "resets", title: "resets in the middle of uploads and downloads", attacker: reset },
  { name: "visits", title: "connections that are opened, asked once and left", attacker: visit },
];

async function beSilent(siege: Siege, ready: () => void): Promise<void> {
  const connection = await siege.connect();
  ready();
  await drop(connection, 1);
  siege.leave(connection);
}

/** Reads nothing after the response and ends nothing: for the server it looks as if the cable were cut. */
async function vanish(siege: Siege, ready: () => void): Promise<void> {
  const connection = await siege.connect();
  await send(connection, `${HEAD}\r\n`);
  await drop(connection, 12);
  ready();
  while (!siege.isOver) await siege.tick();
}

async function drip(siege: Siege, ready: () => void, beginning: string, drop: string): Promise<void> {
  const connection = await siege.connect();
  await send(connection, beginning);
  ready();
  for (await siege.tick(); !siege.isOver; await siege.tick()) await send(connection, drop);
}

const REQUESTS = new TextEncoder().encode(`${HEAD}\r\n`.repeat(1_000));

async function pipeline(siege: Siege, ready: () => void): Promise<void> {
  const connection = await siege.connect();
  ready();
  while (!siege.isOver) await send(connection, REQUESTS);
}

async function reset(siege: Siege, ready: () => void): Promise<void> {
  for (
    const middle of [
      `${HEAD}\r\n${UPLOAD}Content-Length: 1000\r\n\r\nabc`,
      "GET /large HTTP/1.1\r\nHost: a\r\n\r\n",
    ]
  ) {
    const connection = await siege.connect();
    await send(connection, middle);
    // The rest of the response stays unread, so the system closes with a reset.
    await drop(connection, 1);
    siege.leave(connection);
  }
  ready();
}

async function visit(siege: Siege, ready: () => void): Promise<void> {
  const connection = await siege.connect();
  await send(connection, `${HEAD}\r\n`);
  await drop(connection, 12);
  siege.leave(connection);
  ready();
}
