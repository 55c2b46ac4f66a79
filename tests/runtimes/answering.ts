// The conformance tests on each runtime: in this process on Deno, against a bundled program on Node and Bun.

import { assertEquals } from "@std/assert";
import { connectRaw } from "../support/loopback.ts";
import type { Program } from "../support/program.ts";
import {
  AnsweringServer,
  type ConnectAnswering,
  type Requirement,
  withLocalServer,
} from "../support/requirements.ts";
import { startScript } from "./bundled.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

/** Registers a case once for each runtime. */
export function test(name: string, body: (server: AnsweringServer) => Promise<void>): void {
  for (const runtime of RUNTIMES) {
    testOn(
      runtime,
      name,
      (binary) => runtime.name === "Deno" ? withLocalServer(body) : withPrograms(binary, body),
    );
  }
}

/** Tests all requirements on each runtime. */
export function testRequirements(rfc: string, requirements: readonly Requirement[]): void {
  for (const requirement of requirements) {
    Deno.test(nameOf(rfc, requirement), () =>
      withLocalServer(async (server) => {
        assertEquals(await server.answersTo(requirement), requirement.at(-1));
      }));
  }
  for (const runtime of RUNTIMES.filter(({ name }) => name !== "Deno")) {
    testOn(
      runtime,
      `${rfc}, ${requirements.length} requirements`,
      (binary) =>
        withPrograms(binary, async (server) => {
          for (const requirement of requirements) {
            assertEquals(await server.answersTo(requirement), requirement.at(-1), nameOf(rfc, requirement));
          }
        }),
    );
  }
}

function nameOf(rfc: string, [section, level, claim]: Requirement): string {
  return `${rfc} ${section} ${level}: ${claim}`;
}

/** Runs a test against programs, one for each kind of options; all are stopped in the end. */
async function withPrograms(
  binary: string,
  body: (server: AnsweringServer) => Promise<void>,
): Promise<void> {
  const programs = new Map<string, Program>();
  const entry = new URL("./answering_program.ts", import.meta.url);
  const connect: ConnectAnswering = async (options) => {
    const text = JSON.stringify(options);
    const program = programs.get(text) ?? await startScript(entry, binary, [text]);
    programs.set(text, program);
    return await connectRaw(program.port);
  };
  try {
    await body(new AnsweringServer(connect));
  } finally {
    await Promise.all(Array.from(programs.values(), (program) => program.stop()));
  }
}
