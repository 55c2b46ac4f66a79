import { createHash } from "node:crypto";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { bytesOf } from "../../support/latin1.ts";
import { connectRaw } from "../../support/loopback.ts";
import { withTrap } from "./trap_fixture.ts";

const MIB = 2 ** 20;
const PIECE = new Uint8Array(MIB).map((_, index) => index * 31 + (index >> 8));
const PIECES = 400;
const MAX_GROWTH = PIECES / 8 * MIB;

// One MiB of content, in one chunk or with a length.
const FRAMINGS: readonly (readonly [field: string, before: string, after: string, end: string])[] = [
  [`Content-Length: ${PIECES * MIB}`, "", "", ""],
  ["Transfer-Encoding: chunked", `${MIB.toString(16)}\r\n`, "\r\n", "0\r\n\r\n"],
];

for (const [field, before, after, end] of FRAMINGS) {
  Deno.test(`${PIECES} MiB of content are counted and hashed in less than an eighth of that memory: ${field}`, async () => {
    await withTrap({}, async (trap) => {
      const hash = createHash("sha256");
      let wireBytes = 0;
      const client = await connectRaw(trap.port);
      const send = async (bytes: Uint8Array): Promise<void> => {
        hash.update(bytes);
        wireBytes += bytes.length;
        await client.send(bytes);
      };
      const startBytes = Deno.memoryUsage().rss;
      let largestBytes = 0;
      await send(bytesOf(`POST /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${field}\r\n\r\n`));
      for (let i = 0; i < PIECES; i++) {
        await send(bytesOf(before));
        await send(PIECE);
        await send(bytesOf(after));
        largestBytes = Math.max(largestBytes, Deno.memoryUsage().rss);
      }
      await send(bytesOf(end));
      assertMatch(await client.readAll(), /^HTTP\/1\.1 200 OK\r\n/);
      client.close();
      const [found] = await trap.records(1);
      assertEquals([found!.bodyBytes, found!.wireBytes], [PIECES * MIB, wireBytes]);
      assertEquals([found!.sha256, found!.truncated], [hash.digest("hex"), { keptBytes: MIB }]);
      assert(largestBytes - startBytes < MAX_GROWTH, `${(largestBytes - startBytes) / MIB} MiB`);
    });
  });
}
