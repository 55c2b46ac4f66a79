import { assertEquals } from "@std/assert";
import { createSignalHandler, type SignalActions, type SignalName } from "../../src/program/signals.ts";
import { settle } from "../support/deadline.ts";
import { FakeClock } from "../support/fake_clock.ts";

interface Handled {
  readonly events: string[];
  readonly signal: (name: SignalName) => void;
  readonly clock: FakeClock;
  readonly finish: () => void;
}

function handleSignals(
  options: { readonly hasTerminal?: boolean; readonly connections?: number } = {},
): Handled {
  const events: string[] = [];
  const clock = new FakeClock();
  const { promise, resolve } = Promise.withResolvers<void>();
  const note = (event: string): Promise<void> => {
    events.push(event);
    return Promise.resolve();
  };
  const actions: SignalActions = {
    running: {
      shutdown: () => {
        events.push("shutdown");
        return promise;
      },
      connectionCount: () => options.connections ?? 0,
    },
    hasTerminal: options.hasTerminal ?? false,
    graceMs: 5_000,
    reload: (what) => void events.push(`reload ${what}`),
    onStopping: (signal) => void events.push(`stopping ${signal}`),
    close: () => note("close"),
    flush: () => note("flush"),
    exit: (code) => void note(`exit ${code}`),
    say: note,
    clock,
  };
  return { events, clock, signal: createSignalHandler(actions), finish: resolve };
}

Deno.test("SIGINT and SIGTERM stop gracefully, and a second signal ends at once", async () => {
  for (const [name, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const { events, signal, finish } = handleSignals();
    signal(name);
    assertEquals(events, [`stopping ${name}`, "shutdown"]);
    signal(name);
    await settle();
    assertEquals(events.slice(2), ["flush", `exit ${code}`]);
    finish();
    await settle();
  }
});

Deno.test("a third signal does not wait for the logs", async () => {
  const { events, signal } = handleSignals();
  signal("SIGTERM");
  signal("SIGTERM");
  signal("SIGTERM");
  assertEquals(events.slice(2), ["flush", "exit 143"]);
  await settle();
});

Deno.test("a stop that waits says for how many connections, and ends with 0", async () => {
  const { events, signal, clock, finish } = handleSignals({ connections: 2 });
  signal("SIGTERM");
  await clock.advance(100);
  assertEquals(events.at(-1), "waiting for 2 connections, at most 5s: a second signal ends at once");
  finish();
  await settle();
  assertEquals(events.slice(-2), ["close", "exit 0"]);
});

Deno.test("a stop without pending requests writes nothing", async () => {
  const { events, signal, clock } = handleSignals();
  signal("SIGTERM");
  await clock.advance(1_000);
  assertEquals(events, ["stopping SIGTERM", "shutdown"]);
});

Deno.test("SIGHUP stops with a terminal, and reloads without one; SIGUSR1 opens the logs again", () => {
  const rows: [name: SignalName, hasTerminal: boolean, events: string[]][] = [
    ["SIGHUP", true, ["stopping SIGHUP", "shutdown"]],
    ["SIGHUP", false, ["reload all"]],
    ["SIGUSR1", true, ["reload logs"]],
    ["SIGUSR1", false, ["reload logs"]],
  ];
  for (const [name, hasTerminal, expected] of rows) {
    const { events, signal } = handleSignals({ hasTerminal });
    signal(name);
    assertEquals(events, expected, name);
  }
});
