import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  chainLogFlag,
  commonFlags,
  httpFlags,
  serveOptionsOf,
} from "../../../src/program/flags/common_flags.ts";
import { UsageError } from "../../../src/program/flags/flag.ts";
import { parseFlags } from "../../../src/program/flags/parse_flags.ts";
import { chooseUiPort, UI_FLAGS } from "../../../src/program/flags/ui_flags.ts";
import { DEFAULT_SETTINGS } from "../../../src/serving/serve_options.ts";

Deno.test("httpFlags() has the defaults of the server, and the port of the command", () => {
  const values = parseFlags([], httpFlags(8888));
  assertEquals([values.host, values.port, values["log-format"]], ["127.0.0.1", 8888, "text"]);
  assertEquals({ accessLog: values["access-log"], tlsCert: values["tls-cert"], help: values.help }, {
    accessLog: undefined,
    tlsCert: undefined,
    help: false,
  });
  const options = serveOptionsOf(values);
  for (const [name, value] of Object.entries(options)) {
    assertEquals(value, DEFAULT_SETTINGS[name as keyof typeof DEFAULT_SETTINGS], name);
  }
});

Deno.test("serveOptionsOf() takes every limit from its flag", () => {
  const args = [
    "--max-head-bytes=1KiB",
    "--max-body-bytes=2",
    "--head-timeout-ms=3s",
    "--body-timeout-ms=4",
    "--idle-timeout-ms=5",
    "--max-connections=6",
    "--grace-ms=0",
    "--write-timeout-ms=7",
    "--max-connections-per-address=8",
    "--max-requests-per-connection=9",
    "--max-fields=10",
    "--max-request-line-bytes=11",
    "--max-buffered-bytes=12MiB",
    "--trusted-proxy=10.0.0.0/8",
  ];
  assertEquals(serveOptionsOf(parseFlags(args, httpFlags(0))), {
    maxHeadBytes: 1_024,
    maxFieldBytes: 1_024,
    maxBodyBytes: 2,
    headTimeoutMs: 3_000,
    bodyTimeoutMs: 4,
    idleTimeoutMs: 5,
    maxConnections: 6,
    maxBufferedBytes: 12_582_912,
    trustedProxies: ["10.0.0.0/8"],
    graceMs: 0,
    writeTimeoutMs: 7,
    maxConnectionsPerAddress: 8,
    maxRequestsPerConnection: 9,
    maxFields: 10,
    maxRequestLineBytes: 11,
  });
});

Deno.test("--host takes an IPv6 address with and without brackets", () => {
  for (const host of ["::1", "[::1]"]) {
    assertEquals(parseFlags(["--host", host], commonFlags(0)).host, "::1");
  }
});

Deno.test("--trusted-proxy takes addresses and networks, repeated and separated by commas", () => {
  const table = commonFlags(0);
  const args = ["--trusted-proxy", "127.0.0.1,10.0.0.0/8", "--trusted-proxy=::1,fd00::/8,unix"];
  assertEquals(parseFlags(args, table)["trusted-proxy"], [
    "127.0.0.1",
    "10.0.0.0/8",
    "::1",
    "fd00::/8",
    "unix",
  ]);
  for (
    const text of [
      "localhost",
      "300.0.0.1",
      "10.0.0.0/33",
      "10.0.0",
      "fd00::/129",
      "127.0.0.1,",
      "127.0.0.1/",
    ]
  ) {
    assertThrows(() => parseFlags([`--trusted-proxy=${text}`], table), UsageError, "--trusted-proxy", text);
  }
});

Deno.test("--report-to takes a host and a port", () => {
  const table = commonFlags(0);
  const read = (text: string): unknown => parseFlags([`--report-to=${text}`], table)["report-to"];
  assertEquals(read("metrics.example:8181"), { hostname: "metrics.example", port: 8181 });
  assertEquals(read("[::1]:8181"), { hostname: "::1", port: 8181 });
  for (const text of ["metrics.example", "::1:8181", "a:0", "a:65536", ":1"]) {
    assertThrows(() => read(text), UsageError, "--report-to", text);
  }
});

Deno.test("chainLogFlag() names the file of its command", () => {
  assertStringIncludes(chainLogFlag("trap").help, "trap.log");
});

Deno.test("chooseUiPort() gives the port after the server's own, and the command's default with a socket", () => {
  const table = { ...commonFlags(5000), ...UI_FLAGS };
  const rows: [args: string[], port: number | undefined][] = [
    [[], 5001],
    [["-p", "80"], 81],
    [["-p", "0"], 0],
    [["-p", "65535"], 0],
    [["--ui-port", "7"], 7],
    [["--ui-port", "off"], undefined],
    [["--socket", "/run/x.sock"], 5001],
  ];
  for (const [args, port] of rows) {
    assertEquals(chooseUiPort(parseFlags(args, table), 5000), port, args.join(" "));
  }
});
