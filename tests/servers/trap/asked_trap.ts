// The rules of the trap, tested in this process and once more over the command line of each runtime.

import type { RequestRecord } from "../../../src/servers/trap/records/request_record.ts";
import { type CommandLine, test as testProgram } from "../../runtimes/command_line.ts";
import { within } from "../../support/deadline.ts";
import { type AskedTrap, callApi, type TrapSetup, withTrap } from "./trap_fixture.ts";

/** Runs a part of a test against a trap. */
export type WithTrap = (setup: TrapSetup, part: (trap: AskedTrap) => Promise<void>) => Promise<void>;

/** Registers a test in this process, and over the command line of each runtime. */
export function test(name: string, body: (withTrap: WithTrap) => Promise<void>): void {
  Deno.test(name, () => body(withTrap));
  testOverWire(name, body);
}

/** Registers a test over the command line of each runtime. */
export function testOverWire(name: string, body: (withTrap: WithTrap) => Promise<void>): void {
  testProgram(
    `trap: ${name}`,
    (commandLine) => body((setup, part) => withStartedTrap(commandLine, setup, part)),
  );
}

async function withStartedTrap(
  { startProgram }: CommandLine,
  setup: TrapSetup,
  part: (trap: AskedTrap) => Promise<void>,
): Promise<void> {
  const program = await startProgram(["trap", "--log", "off", "--error-log", "off", ...flagsOf(setup)]);
  try {
    await program.until("stdout", "trap ui listening on ");
    const uiPort = Number(/trap ui listening on \S+:(\d+)\//.exec(program.stdout)![1]);
    const { call, json } = callApi(uiPort);
    // A record may be stored a moment after the client has its response, so it is requested again and again.
    const findRecords = async (count: number): Promise<RequestRecord[]> => {
      for (;;) {
        const { requests } = await json<{ requests: RequestRecord[] }>("/api/requests?limit=1000");
        if (requests.length > count) throw new Error(`expected ${count} records, got ${requests.length}`);
        if (requests.length === count) return requests.reverse();
      }
    };
    const records = (count: number): Promise<RequestRecord[]> =>
      within(findRecords(count), `${count} records`);
    await part({ port: program.port, uiPort, call, json, records });
  } finally {
    await program.stop();
  }
}

/** The flags that stand for the setup. */
function flagsOf(
  { limits = {}, maxBodyBytes, keep, keepBytes, masks, replaysToPrivate }: TrapSetup,
): string[] {
  const values = { ...limits, maxBodyBytes, keep, keepBytes, mask: masks?.join(",") };
  return [
    ...Object.entries(values).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}=${value}`]
    ),
    ...(replaysToPrivate ? ["--replay-private"] : []),
  ];
}
