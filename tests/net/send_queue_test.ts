import { assertEquals } from "@std/assert";
import { ConnectionError, type Sender } from "../../src/net/connection.ts";
import { SendQueue } from "../../src/net/send_queue.ts";
import { settle } from "../support/deadline.ts";

/** A queue in front of a runtime that takes as many bytes as the test says, with a record of every callback. */
function make(): { queue: SendQueue; begun: string[]; events: string[]; sender: (name: string) => Sender } {
  const begun: string[] = [];
  const events: string[] = [];
  const queue = new SendQueue((bytes) => void begun.push(new TextDecoder().decode(bytes)));
  const sender = (name: string): Sender => ({
    onSent: () => void events.push(`${name} sent`),
    onSendFailed: (error) => void events.push(`${name} failed: ${(error as ConnectionError).code}`),
  });
  return { queue, begun, events, sender };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const reset = new ConnectionError("reset", "Cannot write: connection reset");

Deno.test("SendQueue gives the runtime one write at a time, in order, and the part that it did not take again", () => {
  const { queue, begun, events, sender } = make();
  queue.transmit(bytes("hello"), sender("a"));
  queue.transmit(bytes("world"), sender("b"));
  assertEquals([begun, queue.bufferedBytes], [["hello"], 10]);
  queue.advance(2);
  assertEquals([begun, events, queue.bufferedBytes], [["hello", "llo"], [], 8]);
  queue.advance(3);
  assertEquals([begun.at(-1), events, queue.bufferedBytes], ["world", ["a sent"], 5]);
  queue.advance(5);
  assertEquals([begun.length, events, queue.bufferedBytes], [3, ["a sent", "b sent"], 0]);
});

Deno.test("SendQueue.fail() fails all waiting writes, and later ones too, but never before their call returns", async () => {
  const { queue, events, sender } = make();
  queue.transmit(bytes("hello"), sender("a"));
  queue.transmit(bytes("world"), sender("b"));
  queue.fail(reset);
  assertEquals(events, ["a failed: reset", "b failed: reset"]);
  queue.advance(5);
  queue.transmit(bytes("late"), sender("c"));
  assertEquals([events.length, queue.bufferedBytes], [2, 10]);
  await settle();
  assertEquals(events.at(-1), "c failed: reset");
});

Deno.test("SendQueue.drain() waits for all writes, or for the failure", async () => {
  for (const isFailing of [false, true]) {
    const { queue, events, sender } = make();
    await queue.drain();
    queue.transmit(bytes("hello"), sender("a"));
    queue.transmit(bytes("world"), sender("b"));
    const drained = queue.drain().then(() => events.push("drained"));
    queue.advance(5);
    await settle();
    assertEquals(events, ["a sent"]);
    if (isFailing) queue.fail(reset);
    else queue.advance(5);
    await drained;
    assertEquals(events, ["a sent", isFailing ? "b failed: reset" : "b sent", "drained"]);
  }
});
