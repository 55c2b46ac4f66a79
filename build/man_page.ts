// The manual page, from the tables of flags: `deno task man` writes dist/millrace.1.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import settings from "../deno.json" with { type: "json" };
import { COMMANDS, TOOLS } from "../src/commands.ts";
import type { FlagTable } from "../src/program/flags/flag.ts";
import {
  type Described,
  explainFlag,
  groupFlags,
  spellFlag,
  usageOf,
} from "../src/program/command_line/help_text.ts";

const OUTPUT = new URL("../dist/millrace.1", import.meta.url).pathname;

/** Writes the page in the language of man(7). */
export function writeManPage(version: string, commands: readonly Described[]): string {
  return [
    `.TH MILLRACE 1 "" "millrace ${escape(version)}"`,
    ".SH NAME",
    "millrace \\- small servers on one streaming HTTP core",
    ".SH SYNOPSIS",
    ...commands.flatMap((command) => [".B " + escape(usageOf(command)), ".br"]),
    ...commands.flatMap(describeCommand),
    ".SH ENVIRONMENT",
    "Every flag is also a variable: MILLRACE_MAX_BODY_BYTES is \\-\\-max\\-body\\-bytes. A switch takes 1 or 0, a flag",
    "that may be repeated one value a line. The flag wins, then MILLRACE_PORT, then PORT.",
    ".SH SIGNALS",
    ".TP\nSIGINT, SIGTERM\nStop gracefully; a second one ends at once.",
    ".TP\nSIGHUP\nWithout a terminal: open the logs and read the certificate again. With one: stop gracefully.",
    ".TP\nSIGUSR1\nOpen the logs again.",
    ".SH EXIT STATUS",
    ".TP\n0\nAfter a stop.\n.TP\n1\nThe world was in the way: a port in use, for example.\n.TP\n2\nA mistake in the flags.",
    "",
  ].join("\n");
}

function describeCommand({ name, summary, flags, examples }: Described): string[] {
  return [
    `.SH ${escape(name.toUpperCase())}`,
    escape(summary[0]!.toUpperCase() + summary.slice(1)) + ".",
    ...groupFlags(flags).flatMap(([title, group]) => [`.SS ${title}`, ...describeFlags(group)]),
    ...(examples.length === 0 ? [] : [".SS Examples"]),
    ...examples.flatMap(({ line, does }) => [".TP", `.B millrace ${escape(line)}`, escape(does)]),
  ];
}

function describeFlags(flags: FlagTable): string[] {
  return Object.entries(flags).flatMap(([name, flag]) => [
    ".TP",
    `.B ${escape(spellFlag(name, flag).trim())}`,
    escape(explainFlag(flag)),
  ]);
}

/** Text in the form of man(7): a line must not begin like a request, and a dash must be one to type. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^(?=[.'])/, "\\&");
}

if (import.meta.main) {
  await mkdir(dirname(OUTPUT), { recursive: true });
  await writeFile(OUTPUT, writeManPage(settings.version, [...COMMANDS, ...TOOLS]));
}
