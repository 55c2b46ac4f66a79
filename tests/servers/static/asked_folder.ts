// The rules of the static server, tested in this process and once more over the command line of each runtime.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { HttpHeaders } from "../../../src/http/headers.ts";
import type { StaticOptions } from "../../../src/servers/static/options.ts";
import type { FieldRule } from "../../../src/servers/static/resources/path_rules.ts";
import { type CommandLine, test as testProgram } from "../../runtimes/command_line.ts";
import { bytesOf } from "../../support/latin1.ts";
import { exchange } from "../../support/loopback.ts";
import { parseResponses } from "../../support/responses.ts";
import { createFiles, type ReadResponse, type StaticFolder, withFolder, writeNew } from "./static_folder.ts";

/** A served folder, in this process or in another. */
export type AskedFolder = Pick<StaticFolder, "path" | "get" | "write">;

/** Runs a part of a test with a folder that is removed after it. */
export type WithFolder = (
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<StaticOptions>,
  body: (folder: AskedFolder) => Promise<void>,
) => Promise<void>;

/** Registers a test in this process, and over the command line of each runtime. */
export function test(name: string, body: (withFolder: WithFolder) => Promise<void>): void {
  Deno.test(name, () => body(withFolder));
  testProgram(
    `static: ${name}`,
    (commandLine) => body((files, options, part) => withServedFolder(commandLine, { files, options, part })),
  );
}

// Fields that belong to the connection or the moment, not to the response itself.
const CONNECTION_FIELDS = new Set(["date", "server", "connection"]);

interface Served {
  readonly files: Parameters<WithFolder>[0];
  readonly options: Parameters<WithFolder>[1];
  readonly part: Parameters<WithFolder>[2];
}

async function withServedFolder({ startProgram }: CommandLine, served: Served): Promise<void> {
  const { files, options, part } = served;
  const base = await createFiles(files);
  try {
    const path = join(base, "site");
    const logsOff = ["--access-log", "off", "--error-log", "off"];
    const program = await startProgram(["static", "-r", path, ...flagsOf(options), ...logsOff]);
    try {
      await part({
        path,
        get: (line, fields = {}) => askOverWire(program.port, line, fields),
        write: (name, content) => writeNew(path, name, content),
      });
    } finally {
      await program.stop();
    }
  } finally {
    await rm(base, { recursive: true });
  }
}

async function askOverWire(
  port: number,
  line: string,
  fields: Readonly<Record<string, string>>,
): Promise<ReadResponse> {
  const lines = Object.entries({ Host: "localhost", ...fields, Connection: "close" })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const text = await exchange(port, bytesOf(`${line} HTTP/1.1\r\n${lines.join("")}\r\n`));
  const [response] = parseResponses(text, [line.slice(0, line.indexOf(" "))]);
  const bytes = bytesOf(response!.content);
  return {
    status: response!.status,
    headers: new HttpHeaders(response!.fields.filter(([name]) => !CONNECTION_FIELDS.has(name))),
    bytes,
    text: new TextDecoder().decode(bytes),
  };
}

/** The flags that stand for the options. */
function flagsOf(options: Partial<StaticOptions>): string[] {
  const { index, symlinks, dotfiles, spa, notFound, auth, base, charset } = options;
  const values = {
    index: index?.join(","),
    symlinks,
    dotfiles,
    spa,
    "not-found": notFound,
    auth,
    base,
    charset,
  };
  const { listing, cors, compress, precompressed, cleanUrls, liveReload } = options;
  const switches = {
    listing,
    cors,
    compress,
    precompressed,
    "clean-urls": cleanUrls,
    "live-reload": liveReload,
  };
  const patternOf = ({ pattern }: FieldRule): string => pattern === undefined ? "" : `${pattern}=`;
  return [
    ...Object.entries(values).flatMap(([name, value]) => value === undefined ? [] : [`--${name}=${value}`]),
    ...Object.entries(switches).flatMap(([name, isOn]) => isOn ? [`--${name}`] : []),
    ...(options.fields ?? []).map((rule) => `--header=${patternOf(rule)}${rule.field.join(": ")}`),
    ...(options.cacheControl ?? []).map((rule) => `--cache-control=${patternOf(rule)}${rule.field[1]}`),
    ...(options.types ?? []).map(([ending, type]) => `--type=${ending}=${type}`),
  ];
}
