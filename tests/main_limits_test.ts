import { assertEquals, assertMatch } from "@std/assert";
import { test } from "./runtimes/command_line.ts";
import { statusesOf } from "./support/fake_server.ts";
import { connectRaw, exchange } from "./support/loopback.ts";
import { ROOT } from "./support/program.ts";

const QUIET = ["--access-log", "off", "--error-log", "off"];
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

test("main() keeps --max-connections-per-address and --max-requests-per-connection", async ({ startProgram }) => {
  const limits = ["--max-connections-per-address", "1", "--max-requests-per-connection", "2"];
  const program = await startProgram([...limits, ...QUIET]);
  const first = await connectRaw(program.port);
  await first.send(GET);
  await first.readUntil("</html>");
  assertEquals(statusesOf(await exchange(program.port, GET)), [503]);
  await first.send(GET + GET);
  const text = await first.readAll();
  assertEquals(statusesOf(text), [200, 200]);
  assertMatch(text, /keep-alive[^]*Connection: close/);
  first.close();
  await program.stop();
});

test("main() gives workers exactly the limits that are set", async ({ startProgram }) => {
  const root = ["--root", `${ROOT}docroot`];
  const rows: [limits: string[], statuses: number[]][] = [
    [[], [200, 200]],
    [["--max-requests-per-connection", "1"], [200]],
  ];
  for (const [limits, statuses] of rows) {
    const program = await startProgram(["static", "-w", "2", ...root, ...limits, ...QUIET]);
    const text = await exchange(program.port, GET + GET.replace("a\r\n", "a\r\nConnection: close\r\n"));
    assertEquals(statusesOf(text), statuses);
    await program.stop();
  }
});
