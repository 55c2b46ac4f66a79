import { assertEquals } from "@std/assert";
import { LargeReplies } from "../../../../src/servers/metrics/conversation/large_replies.ts";
import { ReadReply } from "../../../../src/servers/metrics/conversation/read_reply.ts";
import { ReplyBuffer } from "../../../../src/servers/metrics/conversation/reply_buffer.ts";
import { WorkTurns } from "../../../../src/servers/metrics/conversation/work_turns.ts";
import { settle } from "../../../support/deadline.ts";
import { textOf } from "../../../support/latin1.ts";

const ROWS = 60_000;
const KEY = new TextEncoder().encode("key");

/** Opens a reader of many rows. */
function openRows(): { fill(sink: ReplyBuffer): boolean } {
  let row = 0;
  return {
    fill: (sink) => {
      for (; row < ROWS; row++) {
        if (sink.isFull) return false;
        sink.addRow(KEY, 0, KEY.length, row, row);
      }
      return true;
    },
  };
}

function expectedReply(): string {
  return `ok\n${Array.from({ length: ROWS }, (_, row) => `key ${row}.0 ${row}\n`).join("")}\n`;
}

Deno.test("ReadReply sends earlier replies, and waits for its admission without its rows", async () => {
  const replies = new ReplyBuffer();
  replies.addOk();
  const largeReplies = new LargeReplies(1);
  const other = largeReplies.tryAdmit({ close: () => {} })!;
  const writes: string[] = [];
  const write = (bytes: Uint8Array): Promise<void> => {
    writes.push(textOf(bytes));
    return Promise.resolve();
  };
  const connection = { write, close: () => {} };
  const reply = new ReadReply({ connection, replies, turns: new WorkTurns(), largeReplies });
  let opened = 0;
  const writing = reply.write(() => {
    opened++;
    return openRows();
  });
  await settle();
  assertEquals([writes, replies.length, opened], [["ok\n\n"], 0, 1]);
  largeReplies.release(other);
  await writing;
  reply.release();
  assertEquals(opened, 2);
  assertEquals(writes.slice(1).join("") + textOf(replies.bytes) === expectedReply(), true);
  assertEquals(largeReplies.tryAdmit(connection) === undefined, false);
});

Deno.test("ReadReply gives its first rows without a wait for the others", async () => {
  const turns = new WorkTurns();
  turns.spend("large", 1_000_000);
  const replies = new ReplyBuffer();
  const reply = new ReadReply({
    connection: { write: () => Promise.resolve(), close: () => {} },
    replies,
    turns,
    largeReplies: new LargeReplies(1),
  });
  const writing = reply.write(openRows);
  await Promise.resolve();
  assertEquals(replies.length > 8_000 && replies.length < 9_000, true);
  await writing;
  reply.release();
});
