import { tcpAddress } from "../../src/net/address.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  chainLogFlag,
  httpFlags,
  portError,
  portFlag,
  serveOptionsOf,
  storeError,
} from "../../src/program/command.ts";
import { parseFlags } from "../../src/program/flags.ts";
import type { ConnectionErrorCode } from "../../src/net/connection.ts";
import { DEFAULT_SETTINGS } from "../../src/serving/serve_options.ts";
import { StoreOpenError, type StoreOpenErrorCode } from "../../src/storage/store_open_error.ts";

Deno.test("httpFlags() has the defaults of the server, and the port of the command", () => {
  const values = parseFlags([], httpFlags(8888));
  assertEquals([values.host, values.port, values["log-format"]], ["127.0.0.1", 8888, "text"]);
  assertEquals([values["access-log"], values["tls-cert"], values.help], [undefined, undefined, false]);
  const options = serveOptionsOf(values);
  for (const [name, value] of Object.entries(options)) {
    assertEquals(value, DEFAULT_SETTINGS[name as keyof typeof DEFAULT_SETTINGS], name);
  }
});

Deno.test("serveOptionsOf() takes every limit from its flag", () => {
  const args = [
    "--max-head-bytes=1",
    "--max-body-bytes=2",
    "--head-timeout-ms=3",
    "--body-timeout-ms=4",
    "--idle-timeout-ms=5",
    "--max-connections=6",
    "--grace-ms=0",
    "--write-timeout-ms=7",
    "--max-connections-per-address=8",
    "--max-requests-per-connection=9",
  ];
  assertEquals(serveOptionsOf(parseFlags(args, httpFlags(0))), {
    maxHeadBytes: 1,
    maxFieldBytes: 1,
    maxBodyBytes: 2,
    headTimeoutMs: 3,
    bodyTimeoutMs: 4,
    idleTimeoutMs: 5,
    maxConnections: 6,
    graceMs: 0,
    writeTimeoutMs: 7,
    maxConnectionsPerAddress: 8,
    maxRequestsPerConnection: 9,
  });
});

Deno.test("portFlag() takes 0 to 65535", () => {
  const table = { port: portFlag("a port", 1) };
  assertEquals([parseFlags(["--port=0"], table).port, parseFlags(["--port=65535"], table).port], [0, 65_535]);
});

Deno.test("portError() says what is in the way, with the exit code that goes with it", () => {
  const rows: [code: ConnectionErrorCode, exitCode: number, part: string][] = [
    ["in-use", 1, "port 80 is already in use on 127.0.0.1"],
    ["denied", 1, "no permission to listen on 127.0.0.1:80"],
    ["not-available", 2, "bad value for --host"],
    ["failed", 2, "bad value for --host"],
    ["bad-certificate", 2, "bad value for --tls-cert"],
  ];
  for (const [code, exitCode, part] of rows) {
    const cause = new Error("cause");
    const error = portError(code, tcpAddress("127.0.0.1", 80), cause);
    assertEquals([error.exitCode, error.cause], [exitCode, cause]);
    assertStringIncludes(error.message, part);
  }
});

Deno.test("storeError() names the flag, and tells whether the caller or the file is at fault", () => {
  const rows: [code: StoreOpenErrorCode, exitCode: number][] = [["no-directory", 2], ["foreign", 1], [
    "locked",
    1,
  ]];
  for (const [code, exitCode] of rows) {
    const cause = new StoreOpenError(code, "Cannot open it");
    const error = storeError("--data", cause);
    assertEquals([error.exitCode, error.cause], [exitCode, cause]);
    assertEquals(error.message, "bad value for --data: cannot open it");
  }
});

Deno.test("chainLogFlag() names the file of its command", () => {
  assertStringIncludes(chainLogFlag("trap").help, "trap.log");
});
