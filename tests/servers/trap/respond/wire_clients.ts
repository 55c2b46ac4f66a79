// The reactions of real clients to each wire fault: for the test, and for the table of docs/wire-faults.md.

import { readRespondScript } from "../../../../src/servers/trap/rules/respond_script.ts";
import type { RuleScript } from "../../../../src/servers/trap/rules/rule_engine.ts";
import { type FetchRuntime, findRuntimes } from "./wire_runtimes.ts";

/** A fault as a row of the table. */
export interface WireCase {
  /** The first column of the table. */
  readonly name: string;
  /** The member `wire` of the step; the content is `abcdef`. */
  readonly wire: Readonly<Record<string, unknown>>;
}

/** All rows of the table. */
export const WIRE_CASES: readonly WireCase[] = [
  { name: "raw, no HTTP", wire: { kind: "raw", bytes: "no HTTP\n" } },
  { name: "reset", wire: { kind: "reset" } },
  { name: "reset in the head", wire: { kind: "reset", after: "head" } },
  { name: "reset after 3 bytes", wire: { kind: "reset", after: 3 } },
  { name: "silence", wire: { kind: "silence" } },
  { name: "silence after 3 bytes", wire: { kind: "silence", after: 3 } },
  { name: "drip, 20 bytes/s", wire: { kind: "drip", bytesPerSecond: 20 } },
  { name: "cut in the head", wire: { kind: "cut", after: "head" } },
  { name: "cut after 3 bytes, with length", wire: { kind: "cut", after: 3 } },
  { name: "cut after 3 bytes, chunked", wire: { kind: "cut", after: 3, chunked: true } },
  { name: "wrong_length, too long", wire: { kind: "wrong_length" } },
  { name: "wrong_length, too short", wire: { kind: "wrong_length", after: 3 } },
  { name: "bad_chunk", wire: { kind: "bad_chunk" } },
  { name: "bad_chunk after 3 bytes", wire: { kind: "bad_chunk", after: 3 } },
  { name: "bad_trailers", wire: { kind: "bad_trailers" } },
  { name: "duplicate_headers", wire: { kind: "duplicate_headers" } },
  { name: "slow_head, 400 bytes/s", wire: { kind: "slow_head", bytesPerSecond: 400 } },
  { name: "close_without_answer", wire: { kind: "close_without_answer" } },
  { name: "http10", wire: { kind: "http10" } },
];

/** Rules that give each case a path of its own: `/0`, `/1` ... */
export function scriptOfCases(): RuleScript {
  return readRespondScript(
    WIRE_CASES.map(({ wire }, index) => ({ path: `/${index}`, sequence: [{ body: "abcdef", wire }] })),
  );
}

/** A client's view of a response: its status and content, or its name for the failure. */
export interface ClientOutcome {
  /** The client. */
  readonly client: string;
  /** One text for each case, in order. */
  readonly outcomes: readonly string[];
}

// The patience of a client with silence. All other responses come to an end, on a busy machine later.
const SILENCE_MS = 2_500;
const PATIENCE_MS = WIRE_CASES.map(({ wire }) => wire["kind"] === "silence" ? SILENCE_MS : 60_000);

// Runs in Node, Deno and Bun alike.
const FETCH_PROGRAM = `
const { port, patienceMs } = PARAMETERS;
for (const [i, waitMs] of patienceMs.entries()) {
  let outcome = "";
  try {
    const response = await fetch("http://127.0.0.1:" + port + "/" + i, { signal: AbortSignal.timeout(waitMs) });
    outcome = String(response.status) + " ";
    outcome += JSON.stringify(await response.text());
  } catch (error) {
    const cause = error?.cause;
    const code = error?.name === "TimeoutError" ? "time-out" : cause?.code ?? error?.code ?? error?.name;
    outcome += typeof code === "string" ? code : error?.name ?? "error";
  }
  console.log(outcome);
}
`;

/** Runs every installed client on every case. @param port of a trap with {@linkcode scriptOfCases} */
export async function askClients(port: number): Promise<readonly ClientOutcome[]> {
  const runtimes = await findRuntimes();
  return await Promise.all([askCurl(port), ...runtimes.map((runtime) => askFetch(runtime, port))]);
}

async function askFetch({ name, command, args }: FetchRuntime, port: number): Promise<ClientOutcome> {
  const parameters = JSON.stringify({ port, patienceMs: PATIENCE_MS });
  const file = await Deno.makeTempFile({ suffix: ".mjs" });
  try {
    await Deno.writeTextFile(file, FETCH_PROGRAM.replace("PARAMETERS", parameters));
    const { stdout } = await new Deno.Command(command, { args: [...args, file], stderr: "null" }).output();
    return {
      client: `fetch of ${name}`,
      outcomes: new TextDecoder().decode(stdout).trimEnd().split("\n"),
    };
  } finally {
    await Deno.remove(file);
  }
}

async function askCurl(port: number): Promise<ClientOutcome> {
  const outcomes: string[] = [];
  for (const [index, waitMs] of PATIENCE_MS.entries()) {
    const args = [
      "-s",
      "-m",
      String(waitMs / 1_000),
      "-w",
      "\n%{http_code} %{exitcode}",
      `http://127.0.0.1:${port}/${index}`,
    ];
    const { stdout } = await new Deno.Command("curl", { args, stderr: "null" }).output();
    const lines = new TextDecoder().decode(stdout).split("\n");
    const [status = "", code = ""] = lines.at(-1)!.split(" ");
    const content = JSON.stringify(lines.slice(0, -1).join("\n"));
    const head = status === "000" ? "" : `${status} ${content}`;
    outcomes.push(
      [head, code === "0" ? "" : code === "28" ? "time-out (28)" : `error ${code}`].filter(Boolean).join(" "),
    );
  }
  return { client: "curl", outcomes };
}
