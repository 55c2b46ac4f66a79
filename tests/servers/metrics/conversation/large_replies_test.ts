import { assertEquals } from "@std/assert";
import { LargeReplies, type LargeReply } from "../../../../src/servers/metrics/conversation/large_replies.ts";
import { createDeferred } from "../../../../src/base/deferred.ts";
import { settle, within } from "../../../support/deadline.ts";

const MIB = 1_048_576;

Deno.test("LargeReplies sends as many replies at once as the budget holds, the others in order", async () => {
  const replies = new LargeReplies(8 * MIB);
  const client = { close: () => {} };
  const admitted: LargeReply[] = [];
  for (let count = 0; count < 4; count++) void replies.admit(client).then((reply) => admitted.push(reply));
  await settle();
  assertEquals(admitted.length, 2);
  replies.release(admitted[0]!);
  replies.release(admitted[0]!);
  await settle();
  assertEquals(admitted.length, 3);
  replies.release(admitted[1]!);
  await settle();
  assertEquals(admitted.length, 4);
});

Deno.test("LargeReplies cuts the client that has taken nothing for longest when another waits, and no other", async () => {
  let nowMs = 10_000;
  const replies = new LargeReplies(12 * MIB, () => nowMs);
  const cut: string[] = [];
  const begin = async (name: string, writingSinceMs: number | undefined): Promise<LargeReply> => {
    const reply = await replies.admit({
      close: () => {
        cut.push(name);
        // Its write fails, and so the reply ends.
        replies.release(reply);
      },
    });
    reply.writingSinceMs = writingSinceMs;
    return reply;
  };
  const slow = await begin("slow", 9_500);
  const quick = await begin("quick", undefined);
  await begin("stalled", 9_400);
  nowMs = 10_450;
  const next = await within(replies.admit({ close: () => {} }), "the next reply");
  assertEquals(cut, ["stalled"]);
  for (const reply of [slow, quick, next]) replies.release(reply);
});

Deno.test("LargeReplies counts replies that need no admission, and cuts the stalled ones beyond the budget", async () => {
  let nowMs = 10_000;
  const replies = new LargeReplies(8 * MIB, () => nowMs);
  const cut = createDeferred<string>();
  const count = (name: string): LargeReply => {
    const reply = replies.count({
      close: () => {
        cut.resolve(name);
        replies.release(reply);
      },
    });
    return reply;
  };
  const first = count("first");
  nowMs += 1_000;
  const others = [count("second"), count("third")];
  assertEquals(replies.tryAdmit({ close: () => {} }), undefined);
  assertEquals(await within(cut.promise, "the cut"), "first");
  for (const reply of [first, ...others]) replies.release(reply);
  const admitted = replies.tryAdmit({ close: () => {} });
  assertEquals(admitted === undefined, false);
  replies.release(admitted!);
});
