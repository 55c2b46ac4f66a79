// Everything that the tokenizer's rows can send, and what the trap keeps of it: all bytes, in the right records.

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { RequestRecord } from "../../../src/servers/trap/stored_request.ts";
import { CORPUS } from "../../testdata/http/corpus.ts";
import type { ByteRow, RowSection } from "../../testdata/http/row.ts";
import { bytesOf, textOf } from "../../support/latin1.ts";
import { connectRaw, exchange } from "../../support/loopback.ts";
import { sha256, type Trap, withTrap } from "./trap_fixture.ts";

interface Expected {
  /** How many messages the bytes hold, the last one perhaps unfinished. */
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

// Content has no limit here: what is too long is not refused.
const ROWS = CORPUS.flatMap((section) =>
  section.rows.filter(([, sent, tokens]) => sent !== "" && !tokens.includes("body-too-large"))
    .map((row) => ({ section, row, expected: expectationOf(row) }))
);
const SINGLE_ROWS = ROWS.filter(({ expected }) => expected.messages === 1);

/** Sends bytes, then FIN, on a connection of their own. @returns what was answered */
async function sendAll(trap: Trap, sent: string): Promise<string> {
  const client = await connectRaw(trap.port);
  try {
    await client.send(bytesOf(sent));
    await client.end();
    return await client.readAll();
  } finally {
    client.close();
  }
}

async function forEachSection(
  rows: typeof ROWS,
  test: (trap: Trap, rows: typeof ROWS) => Promise<void>,
): Promise<void> {
  for (const section of new Set<RowSection>(rows.map((row) => row.section))) {
    const { maxBodyBytes: _, ...limits } = section.options ?? {};
    await withTrap({ limits }, (trap) => test(trap, rows.filter((row) => row.section === section)));
  }
}

Deno.test("the trap has more than 200 malformed or odd requests to keep", () => {
  assert(SINGLE_ROWS.filter(({ expected }) => expected.end !== "complete").length > 200);
});

Deno.test("every odd request leaves exactly one record with all its bytes, its end and its fault", async () => {
  await forEachSection(SINGLE_ROWS, async (trap, rows) => {
    for (const { row: [claim, sent], expected: { end, offset } } of rows) {
      const answer = await sendAll(trap, sent);
      const [found] = await trap.records(1);
      assertEquals([found!.end, found!.wireBytes, found!.sha256], [end, sent.length, sha256(sent)], claim);
      assertEquals(found!.malformed?.offset, offset, claim);
      assertMatch(answer, /^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 OK\r\n/, claim);
      assert(answer.includes(`X-Request-Id: ${found!.id}\r\n`), claim);
      const raw = await trap.call(`/api/requests/${found!.id}/raw`);
      assertEquals(textOf(new Uint8Array(await raw.arrayBuffer())), sent, claim);
      trap.store.clear();
    }
  });
});

Deno.test("no byte of a connection is lost, whatever requests it holds", async () => {
  await forEachSection(ROWS, async (trap, rows) => {
    for (const { row: [claim, sent] } of rows) {
      await sendAll(trap, sent);
      await trap.records(Math.max(1, trap.store.size));
      const all = trap.store.all(() => true).map(({ wire }) => textOf(wire.kept)).join("");
      assertEquals(all, sent, claim);
      trap.store.clear();
    }
  });
});

Deno.test("a malformed request is answered though its client sends no FIN, and all is kept by then", async () => {
  const malformed = SINGLE_ROWS.filter(({ expected }) => expected.end === "malformed");
  await forEachSection(malformed, async (trap, rows) => {
    await Promise.all(rows.map(async ({ row: [claim, sent] }) => {
      const answer = await exchange(trap.port, bytesOf(sent));
      const id = /\r\nX-Request-Id: (\S+)\r\n/.exec(answer)![1]!;
      assertMatch(answer, /\r\nConnection: close\r\n/, claim);
      const found = await trap.json<RequestRecord>(`/api/requests/${id}`);
      assertEquals([found.end, found.sha256], ["malformed", sha256(sent)], claim);
    }));
    assertEquals(trap.store.size, rows.length);
  });
});
