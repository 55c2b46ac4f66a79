import { MemoryBudget } from "../../../src/bytes/memory_budget.ts";
import { assertEquals, assertMatch } from "@std/assert";
import type { StartContext } from "../../../src/program/command.ts";
import type { FlagValues } from "../../../src/program/flags/flag.ts";
import { parseFlags } from "../../../src/program/flags/parse_flags.ts";
import type { AccessEntry, ErrorEntry } from "../../../src/log/entry.ts";
import { listen } from "../../../src/net/listen.ts";
import { SYSTEM_CLOCK } from "../../../src/base/clock.ts";
import { Figures } from "../../../src/program/admin/figures.ts";
import { appCommand } from "../../../src/servers/app/command.ts";
import { within } from "../../support/deadline.ts";
import { exchange } from "../../support/loopback.ts";

interface Started {
  readonly port: number;
  readonly accesses: AccessEntry[];
  readonly errors: ErrorEntry[];
  readonly failures: string[];
}

async function withCommand(
  args: readonly string[],
  test: (started: Started) => Promise<void>,
): Promise<void> {
  const [accesses, errors, failures] = [[] as AccessEntry[], [] as ErrorEntry[], [] as string[]];
  const nothing = (): Promise<void> => Promise.resolve();
  const context: StartContext<FlagValues<typeof appCommand.flags>> = {
    values: parseFlags(args, appCommand.flags),
    given: new Map(),
    clock: SYSTEM_CLOCK,
    memory: new MemoryBudget(268_435_456),
    logs: {
      access: { write: (entry) => void accesses.push(entry) },
      error: { write: (entry) => void errors.push(entry) },
      flush: nothing,
      chain: undefined,
      droppedEntries: 0,
      commands: undefined,
      reopen: nothing,
      close: nothing,
    },
    program: new URL("../../../mod.ts", import.meta.url),
    admin: { figures: new Figures(), isReady: () => true },
    openListener: () => listen({ port: 0 }),
    openPort: () => listen({ port: 0 }),
    print: () => {},
    isTerminal: false,
    fail: (message) => void failures.push(message),
  };
  const running = await appCommand.start(context);
  assertMatch(running.announcements.join("\n"), /^app listening on http:\/\/127\.0\.0\.1:\d+\/$/);
  const port = Number(/:(\d+)\/$/.exec(running.announcements[0]!)![1]);
  try {
    await test({ port, accesses, errors, failures });
  } finally {
    await within(running.shutdown(), "the end of the app");
    await running.finished;
  }
}

Deno.test("appCommand listens on 8888 unless told otherwise", () => {
  const values = parseFlags([], appCommand.flags);
  assertEquals([values.port, values.scope, values["non-http"]], [8888, "client", "exit"]);
});

Deno.test("appCommand logs a request and its error under one id", async () => {
  await withCommand([], async ({ port, accesses, errors, failures }) => {
    await exchange(port, "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assertEquals([accesses[0]?.status, errors[0]?.status, failures.length], [404, 404, 0]);
    assertEquals(accesses[0]?.id, errors[0]?.id);
    assertMatch(accesses[0]!.request!.head, /^GET \/nowhere HTTP\/1\.1\r\nHost: a\r\n/);
  });
});

Deno.test("appCommand fails with a fatal entry when a client does not speak HTTP", async () => {
  await withCommand([], async ({ port, errors, failures }) => {
    assertEquals(await exchange(port, "hello\r\n"), "");
    assertEquals([errors.length, errors[0]?.level, failures.length], [1, "fatal", 1]);
    assertMatch(failures[0]!, /^127\.0\.0\.1:\d+ does not speak HTTP: /);
  });
});

Deno.test("appCommand --non-http close responds 400 to such a client", async () => {
  await withCommand(["--non-http", "close"], async ({ port, accesses, errors, failures }) => {
    assertMatch(await exchange(port, "hello\r\n"), /^HTTP\/1\.1 400 /);
    assertEquals([accesses[0]?.status, errors[0]?.level, failures.length], [400, "info", 0]);
  });
});
