import { assert, assertEquals, assertMatch } from "@std/assert";
import { bytesOf } from "../../support/latin1.ts";
import { connectRaw } from "../../support/loopback.ts";
import { withTrap } from "./trap_fixture.ts";

const SENT_BYTES = 65_536;

Deno.test("trap keeps the head of a client that was evicted for the memory of others, and none of its content", async () => {
  await withTrap({ limits: { maxBufferedBytes: SENT_BYTES } }, async (trap) => {
    const client = await connectRaw(trap.port);
    const head = `POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: ${SENT_BYTES * 2}\r\n\r\n`;
    await client.send(bytesOf(head + "x".repeat(SENT_BYTES)));
    assertMatch(await client.readAll(), /^HTTP\/1\.1 503 /);
    client.close();
    const [found] = await trap.records(1);
    assertEquals([found!.path, found!.truncated], ["/large", { keptBytes: head.length }]);
    assert(found!.wireBytes > head.length);
    assertEquals(trap.store.bytes, head.length);
  });
});
