// The adapter suite as a program for runtimes that are not Deno. Prints a line of JSON for each test.

import { assertEquals, assertRejects } from "@std/assert";
import { readFileSync } from "node:fs";
import process from "node:process";
import { connect as connectSocket, type TLSSocket } from "node:tls";
import { ConnectionError } from "../../src/net/connection.ts";
import { connect, listen } from "../../src/net/listen.ts";
import { type Adapter, codeOf } from "./adapter.ts";
import { openMemoryPair } from "../support/memory_pair.ts";
import { testConnections } from "./connection_suite.ts";
import { testAdapter } from "./suite.ts";

/** The result of a test. */
export interface TestResult {
  readonly name: string;
  /** Why it failed; undefined when it passed. */
  readonly failure?: string;
}

const connectTls: Adapter["connectTls"] = async ({ hostname, port }, cert) => {
  // The types do not know that allowHalfOpen reaches the underlying socket.
  const options = { host: hostname, port, ca: cert, allowHalfOpen: true };
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const connecting = connectSocket(options, () => resolve(connecting));
    connecting.on("error", reject);
  });
  return {
    end: (text) => new Promise((resolve) => socket.end(text, resolve)),
    // With events, because an iterator would destroy the socket at its end.
    readAll: () =>
      new Promise((resolve) => {
        let text = "";
        socket.setEncoding("latin1").on("data", (piece) => text += piece).on("end", () => resolve(text));
      }),
    close: () => void socket.destroy(),
  };
};

const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];

testAdapter({ listen, connect, connectTls }, (name, body) => tests.push({ name, body }));
testConnections(
  () => Promise.resolve(openMemoryPair()),
  (name, body) => tests.push({ name: `${name}, in memory`, body }),
);

tests.push({
  name: "listen() fails with denied where the system forbids it",
  async body() {
    // Low ports are for root alone. A test run by root becomes nobody here, so this is the last test.
    const firstFreePort = Number(readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf-8"));
    if (firstFreePort <= 1) return;
    if (process.getuid!() === 0) process.setuid!(65_534);
    const error = await assertRejects(() => listen({ port: 1 }), ConnectionError);
    assertEquals(codeOf(error), "denied");
  },
});

for (const { name, body } of tests) {
  let failure: string | undefined;
  try {
    await body();
  } catch (error) {
    failure = error instanceof Error ? error.stack ?? error.message : String(error);
  }
  console.log(JSON.stringify({ name, failure } satisfies { [Key in keyof TestResult]: unknown }));
}
