// The conformance tests on each runtime: in this process on Deno, against a bundled program on Node and Bun.

import { type EchoServer, LOCAL_ECHO } from "../support/echo_server.ts";
import { connectRaw } from "../support/loopback.ts";
import type { Program } from "../support/program.ts";
import type { Requirement } from "../support/requirements.ts";
import { startScript } from "./bundled.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

/** Registers a case once for each runtime. */
export function test(name: string, body: (server: EchoServer) => Promise<void>): void {
  for (const runtime of RUNTIMES) {
    testOn(
      runtime,
      name,
      (binary) => runtime.name === "Deno" ? body(LOCAL_ECHO) : withPrograms(binary, body),
    );
  }
}

/** Tests the requirements that need only an echo server, on the runtimes other than Deno. */
export function testElsewhere(rfc: string, requirements: readonly Requirement[]): void {
  const rows = requirements.filter(([, , , { runsAnywhere }, reason]) =>
    runsAnywhere && reason === undefined
  );
  for (const runtime of RUNTIMES.filter(({ name }) => name !== "Deno")) {
    testOn(
      runtime,
      `${rfc}, ${rows.length} requirements`,
      (binary) =>
        withPrograms(binary, async (server) => {
          for (const [section, level, claim, check] of rows) {
            await check(server).catch((cause) => {
              throw new Error(`${rfc} §${section} ${level}: ${claim}`, { cause });
            });
          }
        }),
    );
  }
}

/** Runs a test against programs, one for each kind of options; all are stopped in the end. */
async function withPrograms(binary: string, body: (server: EchoServer) => Promise<void>): Promise<void> {
  const programs = new Map<string, Program>();
  const entry = new URL("./echo_program.ts", import.meta.url);
  const server: EchoServer = {
    async withClient(options, use) {
      const text = JSON.stringify(options);
      const program = programs.get(text) ?? await startScript(entry, binary, [text]);
      programs.set(text, program);
      const client = await connectRaw(program.port);
      try {
        return await use(client);
      } finally {
        client.close();
      }
    },
  };
  try {
    await body(server);
  } finally {
    await Promise.all(Array.from(programs.values(), (program) => program.stop()));
  }
}
