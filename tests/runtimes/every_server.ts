// One row for each server: how to start it, and a request that shows that it runs.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ask } from "../support/ask.ts";
import { exchangeWithEnd } from "../support/loopback.ts";
import type { Program } from "../support/program.ts";

/** A server as a row of the table. */
export interface ServerRow {
  /** The words after the program's name, without port and logs. */
  readonly args: readonly string[];
  /** Sends it a request. */
  readonly check: (program: Program) => Promise<void>;
}

/** Every server, with files from a folder that has an `index.html` and a `style.css`. */
export function everyServer(folder: string): ServerRow[] {
  return [
    { args: [], check: checkApp },
    { args: ["app"], check: checkApp },
    { args: ["static", "-r", folder], check: checkFiles },
    { args: ["static", "-r", folder, "-w", "2"], check: checkFiles },
    { args: ["trap", "--log", "off"], check: checkTrap },
    { args: ["metrics"], check: checkMetrics },
  ];
}

async function checkApp({ port }: Program): Promise<void> {
  assertStringIncludes((await ask(port, "GET /div/9/to/4")).body, "9 / 4 = 2.25");
}

async function checkFiles({ port }: Program): Promise<void> {
  const { status, fields } = await ask(port, "GET /style.css");
  assertEquals([status, fields.get("content-type")], [200, ["text/css"]]);
  assertEquals((await ask(port, "GET /nowhere")).status, 404);
}

async function checkTrap(program: Program): Promise<void> {
  const { status, fields } = await ask(program.port, "POST /hook");
  await program.until("stdout", "trap ui listening on ");
  const ui = /^millrace trap ui listening on (\S+)$/m.exec(program.stdout)![1]!;
  const response = await fetch(`${ui}api/requests`);
  const { requests } = await response.json();
  assertEquals([status, requests.length, requests[0].path], [200, 1, "/hook"]);
  assertEquals(fields.get("x-request-id"), [requests[0].id]);
  const page = await (await fetch(ui)).text();
  const files = Array.from(page.matchAll(/(?:href|src)="(\/[^"]+)"/g), ([, path]) => path!);
  const sizes = await Promise.all(files.map((path) => sizeOf(new URL(path, ui))));
  assert(sizes.length > 0 && sizes.every((size) => size > 0), `${files} have ${sizes} bytes`);
}

async function sizeOf(url: URL): Promise<number> {
  const response = await fetch(url);
  const bytes = await response.bytes();
  return response.ok ? bytes.length : 0;
}

async function checkMetrics({ port }: Program): Promise<void> {
  assertEquals(await exchangeWithEnd(port, "put a 1 5\nget a\n"), "ok\n\nok\na 1.0 5\n\n");
}
