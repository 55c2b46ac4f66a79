import { tcpAddress } from "../../../src/net/address.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { SYSTEM_CLOCK } from "../../../src/base/clock.ts";
import { ConnectionError } from "../../../src/net/connection.ts";
import { listen } from "../../../src/net/listen.ts";
import { WorkerPool, type WorkerPoolOptions } from "../../../src/program/workers/worker_pool.ts";
import { canSharePorts, runInWorker } from "../../../src/program/workers/workers.ts";
import { ask } from "../../support/ask.ts";
import { within } from "../../support/deadline.ts";
import type { TestInit } from "../workers_program.ts";

/** Collects the messages of workers, and waits for them. */
class Messages {
  readonly received: string[] = [];
  #wake: () => void = () => {};

  add(message: string): void {
    this.received.push(message);
    this.#wake();
  }

  /** Waits until a message has come this many times. */
  async until(message: string, count: number = 1): Promise<void> {
    while (this.received.filter((known) => known === message).length < count) {
      await within(new Promise<void>((resolve) => this.#wake = resolve), `${message}, ${count} times`);
    }
  }
}

function optionsFor(
  messages: Messages,
  others: Partial<WorkerPoolOptions<TestInit>> = {},
): WorkerPoolOptions<TestInit> {
  return {
    module: new URL("../workers_program.ts", import.meta.url),
    count: 3,
    createInit: (index, port) => ({ index, port, fails: false }),
    address: tcpAddress("127.0.0.1", 0),
    onMessage: (data) => messages.add(String(data)),
    onCrash: (error, index) => messages.add(`crash ${index}: ${error.message}`),
    clock: SYSTEM_CLOCK,
    stopTimeoutMs: 10_000,
    ...others,
  };
}

/** A test that needs a system that shares ports among threads. */
function workerTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !canSharePorts(), fn });
}

workerTest("WorkerPool.start() has all workers accept on one port, and stop() ends all of them", async () => {
  const messages = new Messages();
  const pool = await WorkerPool.start(optionsFor(messages));
  const responses = new Set<string>();
  // The kernel chooses by the client's port: with 200 connections every worker gets some.
  for (let i = 0; i < 200; i++) responses.add((await ask(pool.address.port, "GET /")).body);
  assertEquals([...responses].sort(), ["worker 0", "worker 1", "worker 2"]);
  await pool.stop();
  await pool.finished;
  assertEquals(messages.received.toSorted(), [
    "started 0",
    "started 1",
    "started 2",
    "stopped 0",
    "stopped 1",
    "stopped 2",
  ]);
  await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port: pool.address.port }));
});

workerTest(
  "WorkerPool takes the last message of a crashed worker and replaces it, and does so again for the next one",
  async () => {
    const messages = new Messages();
    const pool = await WorkerPool.start(optionsFor(messages, { count: 1 }));
    try {
      for (const count of [1, 2]) {
        await ask(pool.address.port, "GET /crash").catch(() => {});
        await messages.until("started 0", count + 1);
        const crashes = messages.received.filter((message) => message.startsWith("crash 0: "));
        assertEquals(crashes.map((text) => text.includes("crash of 0")), Array(count).fill(true));
        await messages.until("last word of 0", count);
        assertEquals((await ask(pool.address.port, "GET /")).body, "worker 0");
      }
    } finally {
      await pool.stop();
    }
  },
);

workerTest("WorkerPool.stop() does not wait for the replacement of a crashed worker", async () => {
  const messages = new Messages();
  const crashed = Promise.withResolvers<void>();
  const pool = await WorkerPool.start(optionsFor(messages, { count: 1, onCrash: () => crashed.resolve() }));
  await ask(pool.address.port, "GET /crash").catch(() => {});
  await within(crashed.promise, "the crash");
  await pool.stop();
  assertEquals(messages.received, ["started 0", "last word of 0"]);
});

workerTest("WorkerPool.stop() cuts off a worker that does not stop in time", async () => {
  const messages = new Messages();
  const pool = await WorkerPool.start(optionsFor(messages, { count: 1, stopTimeoutMs: 1 }));
  // An unfinished request keeps the worker waiting.
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: pool.address.port });
  await conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\n"));
  await within(pool.stop(), "the end of the worker");
  conn.close();
});

workerTest("WorkerPool.start() rejects when the port is taken, and leaves no worker behind", async () => {
  const other = await listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const options = optionsFor(new Messages(), { address: other.address });
    const error = await assertRejects(() => WorkerPool.start(options), ConnectionError);
    assertEquals((error as ConnectionError).code, "in-use");
  } finally {
    other.close();
  }
});

workerTest("WorkerPool.start() rejects when a worker fails or its module cannot be loaded", async () => {
  const createInit = (index: number, port: number): TestInit => ({ index, port, fails: index === 1 });
  const failing = optionsFor(new Messages(), { createInit });
  await assertRejects(() => WorkerPool.start(failing), Error, "worker 1 does not like it here");
  const missing = optionsFor(new Messages(), { module: new URL("../no_such_module.ts", import.meta.url) });
  await assertRejects(() => WorkerPool.start(missing), Error);
});

Deno.test("runInWorker() does nothing outside of a worker", () => {
  let isStarted = false;
  runInWorker(() => {
    isStarted = true;
    return Promise.reject(new Error("started"));
  });
  assertEquals({ isStarted, onmessage: Reflect.get(globalThis, "onmessage") ?? null }, {
    isStarted: false,
    onmessage: null,
  });
});
