// Writes docs/wire-faults.md: the bytes of each fault, and the reactions of clients.

import { planWireFault, type WireStep } from "../../../../src/servers/trap/respond/wire_plan.ts";
import { readWireFault } from "../../../../src/servers/trap/rules/wire_fault_script.ts";
import { startTrap } from "../../../../src/servers/trap/start_trap.ts";
import { textOf } from "../../../support/latin1.ts";
import { askClients, type ClientOutcome, scriptOfCases, WIRE_CASES } from "./wire_clients.ts";

const FILE = new URL("../../../../docs/wire-faults.md", import.meta.url);

const INTRODUCTION = `# Faults on the wire

The member \`wire\` of a step in a rule (see [trap.md](trap.md)) breaks the response on purpose:

\`\`\`json
[{ "path": "/a", "sequence": [{ "body": "abcdef", "wire": { "kind": "cut", "after": 3 } }] }]
\`\`\`

\`after\` is a number of bytes of content, or \`"head"\` for a place inside the head; without it the fault comes before any
byte. \`bytes\` is a text, or \`{ "base64": ... }\`. After every fault but \`reset\` the connection is closed with FIN.

| kind | members | what happens |
| --- | --- | --- |
| \`raw\` | \`bytes\` | the bytes as given, in the place of a response |
| \`reset\` | \`after\`, \`chunked\` | a RST |
| \`silence\` | \`after\`, \`chunked\` | nothing more, until the client leaves |
| \`drip\` | \`bytesPerSecond\` (20), \`after\`, \`chunked\` | the content comes slowly, from \`after\` on; with \`"head"\` the second half of the head too |
| \`cut\` | \`after\`, \`chunked\` | the response ends early: more is promised than comes |
| \`wrong_length\` | \`after\` | Content-Length is 10 more than the content, or what \`after\` says |
| \`bad_chunk\` | \`after\`, \`bytes\` | after \`after\` bytes comes an invalid chunk: \`XYZ\`, or the bytes |
| \`bad_trailers\` | \`bytes\` | a trailer section that is none: \`no trailer at all\`, or the bytes |
| \`duplicate_headers\` | | a second Content-Type, and two lengths that differ by one |
| \`slow_head\` | \`bytesPerSecond\` (20) | the head comes slowly, the content at once |
| \`close_without_answer\` | | FIN without a byte |
| \`http10\` | | HTTP/1.0 without a length: the end of the connection is that of the content |
`;

/** The whole document. */
export function formatReport(results: readonly ClientOutcome[]): string {
  const head = ["fault", ...results.map(({ client }) => client)];
  const rows = WIRE_CASES.map((
    { name },
    index,
  ) => [name, ...results.map(({ outcomes }) => code(outcomes[index]!))]);
  const table = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  return `${INTRODUCTION}
## The bytes

The content is \`abcdef\`; other fields of the head than these are left out here.

${
    WIRE_CASES.map(({ name, wire }) =>
      `\`${JSON.stringify(wire)}\` (${name}):\n\n\`\`\`text\n${formatPlan(wire)}\n\`\`\`\n`
    ).join("\n")
  }
## What clients make of it

Status and content, or the word for the failure; \`time-out\` is that of the client, 2.5 s. If a RST follows bytes, fetch of
Node gives \`ECONNRESET\`, \`UND_ERR_SOCKET\` or \`UND_ERR_RES_CONTENT_LENGTH_MISMATCH\`, whichever it notices first. Written by
\`deno task wire-faults\`.

${table}
`;
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

function formatPlan(wire: Readonly<Record<string, unknown>>): string {
  const content = new TextEncoder().encode("abcdef");
  const response = { method: "GET", status: 200, headers: [], content, nowMs: 0 };
  return planWireFault(readWireFault(wire, "wire"), response).map(formatStep).join("\n") || "(FIN)";
}

function formatStep(step: WireStep): string {
  switch (step.kind) {
    case "send":
      return visible(step.bytes) || "(nothing)";
    case "drip":
      return `${visible(step.bytes)}\n(${step.bytesPerSecond} bytes/s)`;
    case "silence":
      return "(silence)";
    case "reset":
      return "(RST)";
  }
}

function visible(bytes: Uint8Array): string {
  return textOf(bytes).replace(/Date: [^\r]*\r\n/, "").replaceAll("\r\n", "\\r\\n\n").trimEnd();
}

if (import.meta.main) {
  const trap = await startTrap({ rules: scriptOfCases().source });
  try {
    await Deno.writeTextFile(FILE, formatReport(await askClients(Number(new URL(trap.url).port))));
  } finally {
    await trap.close();
  }
}
