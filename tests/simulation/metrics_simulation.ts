// The metrics server under the same simulated clients: its conversation is simple enough to be predicted as a whole.

import { runServer } from "../../src/servers/metrics/run_server.ts";
import { FakeListener } from "../support/fake_connection.ts";
import { Random } from "../support/random.ts";
import { SimulatedClock } from "./simulated_clock.ts";
import { SimulatedSocket } from "./simulated_socket.ts";

interface Client {
  readonly socket: SimulatedSocket;
  /** Everything that it will send, one command a line. */
  readonly text: string;
  /** The reply to each line. */
  readonly replies: readonly string[];
  sentBytes: number;
  hasReset: boolean;
}

const MAX_COMMANDS = 8;
const MAX_STEPS = 40;
const FOR_ALL_DEADLINES_MS = 20_000;

/**
 * Runs the script of a seed against the metrics server.
 *
 * @returns the violations, as sentences; empty for a good run
 */
export async function simulateMetrics(seed: number): Promise<string[]> {
  const random = new Random(seed);
  const clock = new SimulatedClock();
  const listener = new FakeListener();
  const server = await runServer("127.0.0.1", 0, {
    openPort: () => Promise.resolve(listener),
    clock,
    graceMs: 500,
  });
  const clients = Array.from({ length: 1 + random.below(3) }, (_, index) => makeClient(random, index));
  for (const { socket } of clients) listener.push(socket);
  let closing: Promise<void> | undefined;
  for (let step = 0; step < MAX_STEPS; step++) {
    act(random, random.pick(clients));
    if (random.happens(200)) closing ??= server.close();
    if (random.happens(10)) await pass(clock, random.below(40));
    if (random.happens(2)) await turns(4);
    else for (let hop = random.below(12); hop > 0; hop--) await null;
  }
  for (const { socket } of clients) socket.flow();
  await turns(40);
  const findings = clients.flatMap((client, index) => judge(client, `c${index}`, closing !== undefined));
  let isFinished = false;
  (closing ?? server.close()).then(() => isFinished = true);
  await pass(clock, FOR_ALL_DEADLINES_MS);
  if (!isFinished) findings.push("the server does not finish");
  if (clock.timerCount > 0) findings.push(`${clock.timerCount} timers are left`);
  for (const [index, { socket }] of clients.entries()) {
    if (!socket.isClosed) findings.push(`c${index} is left open`);
    if (socket.isBusy) findings.push(`c${index} has a read or a write left`);
    findings.push(...socket.breaches);
  }
  return findings;
}

function makeClient(random: Random, index: number): Client {
  const rows: string[] = [];
  const lines: string[] = [];
  const replies: string[] = [];
  for (let count = random.below(MAX_COMMANDS); count > 0; count--) {
    const value = `${rows.length}.5`;
    const row = `c${index} ${value} ${rows.length}`;
    switch (random.below(4)) {
      case 0:
        lines.push(`get c${index}\n`);
        replies.push(rows.length === 0 ? "ok\n\n" : `ok\n${rows.join("\n")}\n\n`);
        break;
      case 1:
        lines.push(`nonsense ${"x".repeat(random.below(400))}\n`);
        replies.push("error\nwrong command\n\n");
        break;
      default:
        rows.push(row);
        lines.push(`put ${row}\n`);
        replies.push("ok\n\n");
    }
  }
  const socket = new SimulatedSocket(index, { readHops: random.below(4), writeHops: random.below(4) });
  return { socket, text: lines.join(""), replies, sentBytes: 0, hasReset: false };
}

function act(random: Random, client: Client): void {
  const { socket, text } = client;
  const leftBytes = text.length - client.sentBytes;
  switch (random.below(10)) {
    case 0:
      return socket.stall();
    case 1:
      return socket.take(1 + random.below(50));
    case 2:
      return socket.flow();
    case 3:
      // The client leaves when it has sent everything, or in the middle of it.
      if (random.happens(30)) {
        client.hasReset = true;
        socket.reset();
      } else if (leftBytes === 0) socket.finish();
      return;
    default: {
      const count = random.happens(2) ? leftBytes : random.below(leftBytes + 1);
      socket.send(text.slice(client.sentBytes, client.sentBytes += count));
    }
  }
}

/** Replies come in the order of the commands, each once and as predicted; none is missing unless the client was cut. */
function judge(
  { socket, text, replies, sentBytes, hasReset }: Client,
  name: string,
  hasStopped: boolean,
): string[] {
  const commands = text.slice(0, sentBytes).split("\n").length - 1;
  const due = replies.slice(0, commands).join("");
  if (!due.startsWith(socket.output)) {
    return [`${name} gets ${JSON.stringify(socket.output)} for ${JSON.stringify(due)}`];
  }
  if (hasReset || hasStopped || socket.output === due) return [];
  return [`${name} lacks replies: ${JSON.stringify(due.slice(socket.output.length))}`];
}

async function pass(clock: SimulatedClock, ms: number): Promise<void> {
  const untilMs = clock.nowMs() + ms;
  await turns(3);
  while (clock.ringNext(untilMs)) await turns(3);
}

/** Lets turns of the event loop pass, each with all of its microtasks. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
}
