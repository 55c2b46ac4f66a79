import { assertEquals, assertMatch } from "@std/assert";
import { readRespondScript } from "../../../../src/servers/trap/rules/respond_script.ts";
import { connectRaw, exchange } from "../../../support/loopback.ts";
import { textOf } from "../../../support/latin1.ts";
import { test } from "../../../runtimes/command_line.ts";
import { withDirectory } from "../../../support/program.ts";
import { withTrap } from "../trap_fixture.ts";

const ASK = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

function script(wire: unknown): ReturnType<typeof readRespondScript> {
  return readRespondScript([{ path: "/a", sequence: [{ body: "abcdef", wire }] }]);
}

Deno.test("wire faults go over the wire as planned, and are in the record", async () => {
  const rows = [
    [{ kind: "raw", bytes: "no HTTP\n" }, /^no HTTP\n$/, "malformed"],
    [{ kind: "cut", after: 3 }, /Content-Length: 6\r\n\r\nabc$/, "aborted"],
    [{ kind: "bad_chunk" }, /chunked\r\n\r\nXYZ\r\nabcdef$/, "malformed"],
    [{ kind: "http10" }, /^HTTP\/1\.0 200 OK\r\n[^]*\r\n\r\nabcdef$/, "complete"],
    [{ kind: "close_without_answer" }, /^$/, "aborted"],
  ] as const;
  for (const [wire, expected, end] of rows) {
    await withTrap({ script: script(wire) }, async (trap) => {
      const got = await exchange(trap.port, ASK);
      assertMatch(got, expected);
      const [record] = await trap.records(1);
      assertEquals([record!.response?.end, record!.fault], [end, null], wire.kind);
      const raw = await trap.call(`/api/requests/${record!.id}/response/raw`);
      assertEquals(textOf(await raw.bytes()), got);
    });
  }
});

Deno.test("a wire fault comes after the responses of earlier requests", async () => {
  await withTrap({ script: script({ kind: "raw", bytes: "broken" }) }, async (trap) => {
    const got = await exchange(trap.port, `GET /first HTTP/1.1\r\nHost: a\r\n\r\n${ASK}`);
    assertMatch(got, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\S+\nbroken$/);
  });
});

Deno.test("silence lasts until the client leaves, and not longer than the server", async () => {
  await withTrap({ script: script({ kind: "silence", after: 2 }) }, async (trap) => {
    const client = await connectRaw(trap.port);
    await client.send(ASK);
    await client.readUntil("\r\n\r\nab");
    const stopped = trap.stop();
    assertMatch(await client.readAll(), /\r\n\r\nab$/);
    client.close();
    await stopped;
  });
});

test("a reset reaches the client as a reset", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    const path = `${directory}/rules.json`;
    await Deno.writeTextFile(path, JSON.stringify([{ path: "/a", sequence: [{ wire: { kind: "reset" } }] }]));
    const args = ["trap", "--log", "off", "--error-log", "off", "--ui-port", "off", "--respond", path];
    const program = await startProgram(args);
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: program.port });
    await conn.write(new TextEncoder().encode(ASK));
    const outcome = await conn.read(new Uint8Array(10)).catch((error) => (error as Error).name);
    conn.close();
    assertEquals(outcome, "ConnectionReset");
    await program.stop();
  });
});
