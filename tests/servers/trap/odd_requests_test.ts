// All bytes that the tokenizer's rows can send, and the trap's records of them: all bytes, in the right records.

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { RequestRecord } from "../../../src/servers/trap/records/request_record.ts";
import { CORPUS } from "../../testdata/http/corpus.ts";
import type { ByteRow } from "../../testdata/http/row.ts";
import { bytesOf, textOf } from "../../support/latin1.ts";
import { exchange, exchangeWithEnd } from "../../support/loopback.ts";
import { testOverWire } from "./asked_trap.ts";
import { type AskedTrap, sha256, type TrapSetup, withTrap } from "./trap_fixture.ts";

interface Expected {
  /** The number of messages in the bytes; the last one may be unfinished. */
  readonly messages: number;
  readonly end: RequestRecord["end"];
  readonly offset: number | undefined;
}

function expectationOf([, , tokens]: ByteRow): Expected {
  const ends = tokens.split(" | ").filter((token) => token === "end").length;
  const [, code, offset] = /(?:^| \| )\d{3} ([a-z-]+) @(\d+)$/.exec(tokens) ?? [];
  if (code === undefined) return { messages: ends, end: "complete", offset: undefined };
  if (code === "incomplete") return { messages: ends + 1, end: "aborted", offset: undefined };
  return { messages: ends + 1, end: "malformed", offset: Number(offset) };
}

// Content has no limit here, so long content is not refused.
const ROWS = CORPUS.flatMap((section) =>
  section.rows.filter(([, sent, tokens]) => sent !== "" && !tokens.includes("body-too-large"))
    .map((row) => ({ section, row, expected: expectationOf(row) }))
);
const SINGLE_ROWS = ROWS.filter(({ expected }) => expected.messages === 1);

/** Sends bytes, then FIN, on a connection of their own. @returns the responses */
function sendAll(trap: AskedTrap, sent: string): Promise<string> {
  return exchangeWithEnd(trap.port, bytesOf(sent));
}

/** Makes a trap for each set of limits of the rows. */
async function forEachTrap<Any extends AskedTrap>(
  withTrap: (setup: TrapSetup, part: (trap: Any) => Promise<void>) => Promise<void>,
  rows: typeof ROWS,
  part: (trap: Any, rows: typeof ROWS) => Promise<void>,
): Promise<void> {
  const groups = Map.groupBy(rows, ({ section }) => {
    const { maxBodyBytes: _, ...limits } = section.options ?? {};
    return JSON.stringify(limits);
  });
  for (const [limits, group] of groups) {
    await withTrap({ limits: JSON.parse(limits) }, (trap) => part(trap, group));
  }
}

async function checkRecords(trap: AskedTrap, rows: typeof ROWS): Promise<void> {
  for (const { row: [claim, sent], expected: { end, offset } } of rows) {
    const response = await sendAll(trap, sent);
    const [found] = await trap.records(1);
    assertEquals([found!.end, found!.wireBytes, found!.sha256], [end, sent.length, sha256(sent)], claim);
    assertEquals(found!.malformed?.offset, offset, claim);
    assertMatch(response, /^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 OK\r\n/, claim);
    assert(response.includes(`X-Request-Id: ${found!.id}\r\n`), claim);
    const raw = await trap.call(`/api/requests/${found!.id}/raw`);
    assertEquals(textOf(new Uint8Array(await raw.arrayBuffer())), sent, claim);
    await (await trap.call("/api/requests", { method: "DELETE" })).body?.cancel();
  }
}

async function checkUnended(trap: AskedTrap, rows: typeof ROWS): Promise<void> {
  await Promise.all(rows.map(async ({ row: [claim, sent] }) => {
    const response = await exchange(trap.port, bytesOf(sent));
    const id = /\r\nX-Request-Id: (\S+)\r\n/.exec(response)![1]!;
    assertMatch(response, /\r\nConnection: close\r\n/, claim);
    const found = await trap.json<RequestRecord>(`/api/requests/${id}`);
    assertEquals([found.end, found.sha256], ["malformed", sha256(sent)], claim);
  }));
  await trap.records(rows.length);
}

// Some sections have limits without a flag.
const FLAG_LIMITS = /^(maxBodyBytes|maxHeadBytes)$/;
const PLAIN_ROWS = SINGLE_ROWS.filter(({ section }) =>
  Object.keys(section.options ?? {}).every((name) => FLAG_LIMITS.test(name))
);
const MALFORMED_ROWS = SINGLE_ROWS.filter(({ expected }) => expected.end === "malformed");

Deno.test("the trap has more than 200 malformed or odd requests to keep", () => {
  assert(SINGLE_ROWS.filter(({ expected }) => expected.end !== "complete").length > 200);
});

Deno.test("every odd request leaves exactly one record with all its bytes, its end and its fault", () =>
  forEachTrap(withTrap, SINGLE_ROWS, checkRecords));

testOverWire(
  "every odd request leaves exactly one record with all its bytes",
  (withTrap) => forEachTrap(withTrap, PLAIN_ROWS, checkRecords),
);

Deno.test("no byte of a connection is lost, whatever requests it holds", async () => {
  await forEachTrap(withTrap, ROWS, async (trap, rows) => {
    for (const { row: [claim, sent] } of rows) {
      await sendAll(trap, sent);
      await trap.records(Math.max(1, trap.store.size));
      const all = trap.store.all(() => true).map(({ wire }) => textOf(wire.kept)).join("");
      assertEquals(all, sent, claim);
      trap.store.clear();
    }
  });
});

Deno.test("a malformed request gets a response although its client sends no FIN, and all of it is kept by then", () =>
  forEachTrap(withTrap, MALFORMED_ROWS, checkUnended));

testOverWire(
  "a malformed request gets a response although its client sends no FIN",
  (withTrap) => forEachTrap(withTrap, MALFORMED_ROWS.filter((row) => PLAIN_ROWS.includes(row)), checkUnended),
);
