import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { StartError } from "../../src/program/command.ts";
import { commonFlags } from "../../src/program/flags/common_flags.ts";
import { UsageError } from "../../src/program/flags/flag.ts";
import { integerFlag } from "../../src/program/flags/flag_kinds.ts";
import { readFlags } from "../../src/program/flags/parse_flags.ts";
import { createPorts, type Ports } from "../../src/program/open_ports.ts";
import { withDirectory } from "../support/program.ts";

const TABLE = {
  ...commonFlags(8080),
  workers: integerFlag({ placeholder: "N", help: "", default: 1, min: 1, max: 9, alias: "w" }),
};

function portsOf(args: readonly string[], variables: [string, string][] = []): Ports {
  const { values, given } = readFlags(args, TABLE, new Map(variables));
  return createPorts(values, given, {});
}

Deno.test("createPorts() opens the port or the socket of the flags", async () => {
  const listener = await portsOf(["--port", "0"]).openListener();
  assertEquals(listener.address.hostname, "127.0.0.1");
  listener.close();
  await withDirectory(async (directory) => {
    const path = `${directory}/x.sock`;
    const onSocket = await portsOf(["--socket", path], [["PORT", "80"]]).openListener();
    assertEquals(onSocket.address, { transport: "unix", path });
    onSocket.close();
  });
});

Deno.test("createPorts() refuses flags that a socket excludes", () => {
  const rows: [args: string[], part: string][] = [
    [["--port", "80"], "--port is given too"],
    [["--host", "::"], "--host is given too"],
    [["-w", "2"], "several workers"],
  ];
  for (const [args, part] of rows) {
    assertThrows(() => portsOf(["--socket", "/run/x.sock", ...args]), UsageError, part);
  }
});

Deno.test("createPorts() refuses flags that a passed socket excludes", () => {
  for (const flag of ["--port=80", "--host=::", "--socket=/run/x.sock", "-w=2"]) {
    const { values, given } = readFlags([flag], TABLE, new Map());
    assertThrows(() => createPorts(values, given, { passedSocket: 3 }), UsageError, "LISTEN_FDS");
  }
});

Deno.test("createPorts() names the flag of a port that is in use", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ports = portsOf(["--port", String(taken.addr.port)]);
  const main = await assertRejects(() => ports.openListener(), StartError);
  const page = await assertRejects(() => ports.openPort(taken.addr.port, { flag: "--ui-port" }), StartError);
  taken.close();
  assertEquals(main.message.startsWith("cannot open --port: port "), true, main.message);
  assertEquals(page.message.startsWith("cannot open --ui-port: port "), true, page.message);
  assertEquals([main.exitCode, page.exitCode], [1, 1]);
});
