import { assertEquals } from "@std/assert";
import type { Connection } from "../../src/net/connection.ts";
import {
  ConnectionServer,
  type ConnectionServerOptions,
  type ConnectionService,
  type ServedClient,
} from "../../src/serving/connection_server.ts";
import { FairQueue } from "../../src/serving/turns/fair_queue.ts";
import { settle } from "../support/deadline.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { FakeConnection, FakeListener } from "../support/fake_connection.ts";

/** A protocol without messages that notes what the server asks of each client. */
class Silence implements ConnectionService {
  readonly refusal: Uint8Array = new TextEncoder().encode("full");
  readonly calls: string[] = [];
  readonly releases: (() => void)[] = [];

  serve(connection: Connection, onReleased: () => void): ServedClient {
    this.releases.push(onReleased);
    return this.#client(connection, "served");
  }

  refuse(connection: Connection): ServedClient {
    return this.#client(connection, "refused");
  }

  overload(count: number): Error {
    return new Error(`${count} too many`);
  }

  #client(connection: Connection, name: string): ServedClient {
    this.calls.push(name);
    return {
      stop: () => void this.calls.push("stop"),
      close: () => {
        this.calls.push("close");
        connection.close();
      },
      abandon: () => void this.calls.push("abandon"),
    };
  }
}

function start(options: Partial<ConnectionServerOptions> = {}) {
  const clock = new FakeClock();
  const listener = new FakeListener();
  const service = new Silence();
  const errors: unknown[] = [];
  const server = new ConnectionServer(listener, service, {
    maxConnections: 10,
    maxConnectionsPerAddress: 10,
    graceMs: 1_000,
    clock,
    turns: new FairQueue(),
    onError: (error) => errors.push(error),
    ...options,
  });
  return { clock, listener, service, errors, server };
}

Deno.test("ConnectionServer counts what it accepts and refuses, and takes another when one is released", async () => {
  const { listener, service, errors, server } = start({ maxConnections: 1 });
  await listener.connect();
  await listener.connect();
  assertEquals(service.calls, ["served", "refused"]);
  assertEquals([server.connectionCount, server.acceptedConnections], [1, 2]);
  assertEquals(server.refusedConnections, { "connections": 1, "connections-per-address": 0 });
  assertEquals(errors.map(String), ["Error: 1 too many"]);
  service.releases[0]!();
  service.releases[0]!();
  assertEquals(server.connectionCount, 0);
  await listener.connect();
  assertEquals(service.calls.at(-1), "served");
  service.releases[1]!();
  await server.shutdown();
});

Deno.test("ConnectionServer counts the connections of an address, and forgets those that are released", async () => {
  const { listener, service, server } = start({ maxConnectionsPerAddress: 1 });
  for (const address of ["192.0.2.1", "192.0.2.1", "192.0.2.2"]) {
    await listener.connect(new FakeConnection(address));
  }
  assertEquals(service.calls, ["served", "refused", "served"]);
  assertEquals(server.refusedConnections, { "connections": 0, "connections-per-address": 1 });
  service.releases[0]!();
  await listener.connect(new FakeConnection("192.0.2.1"));
  assertEquals(service.calls.at(-1), "served");
  for (const release of service.releases) release();
  await server.shutdown();
});

Deno.test("ConnectionServer.shutdown() stops, cuts after the grace, abandons clients that ignore the cut, and finishes once", async () => {
  const { clock, listener, service, server } = start();
  await listener.connect();
  let isFinished = false;
  server.finished.then(() => isFinished = true);
  const stopped = server.shutdown();
  assertEquals({ calls: service.calls, isClosed: listener.isClosed }, {
    calls: ["served", "stop"],
    isClosed: true,
  });
  await clock.advance(999);
  assertEquals(service.calls.length, 2);
  await clock.advance(1);
  assertEquals({ calls: service.calls, isFinished }, {
    calls: ["served", "stop", "close"],
    isFinished: false,
  });
  await clock.advance(50);
  assertEquals({ calls: service.calls, isFinished }, {
    calls: ["served", "stop", "close", "abandon"],
    isFinished: true,
  });
  await stopped;
  await server.shutdown();
  assertEquals([clock.timerCount, server.connectionCount], [0, 0]);
});

Deno.test("ConnectionServer.shutdown() waits for no timer when the last client leaves by itself", async () => {
  const { clock, listener, service, server } = start();
  await listener.connect();
  const stopped = server.shutdown();
  service.releases[0]!();
  await stopped;
  await settle();
  assertEquals(clock.timerCount, 0);
});

Deno.test("ConnectionServer rests after a failed accept, and reports it at once and then once a minute", async () => {
  const { clock, listener, errors, server } = start();
  for (let i = 0; i < 20; i++) {
    await listener.fail(new Error("too many open files"));
    await clock.advance(100);
  }
  assertEquals(errors.length, 1);
  await clock.advance(60_000);
  await listener.fail(new Error("too many open files"));
  assertEquals(errors.length, 2);
  await clock.advance(100);
  await server.shutdown();
});
