import { tcpAddress } from "../../src/net/address.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { portError, storeError } from "../../src/program/command.ts";
import { ConnectionError, type ConnectionErrorCode } from "../../src/net/connection.ts";
import { StoreOpenError, type StoreOpenErrorCode } from "../../src/storage/store_open_error.ts";

Deno.test("portError() names the obstacle, and has its exit code", () => {
  const rows: [code: ConnectionErrorCode, exitCode: number, part: string][] = [
    ["in-use", 1, "cannot open --admin-port: port 80 is already in use on 127.0.0.1"],
    ["denied", 1, "no permission to listen on 127.0.0.1:80"],
    ["not-available", 2, "bad value for --admin-host"],
    ["failed", 2, "bad value for --admin-host"],
    ["bad-certificate", 2, "bad value for --tls-cert"],
  ];
  for (const [code, exitCode, part] of rows) {
    const cause = new ConnectionError(code, "Cannot listen");
    const error = portError(cause, tcpAddress("127.0.0.1", 80), "--admin-port");
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
