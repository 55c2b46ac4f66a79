import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RequestContext } from "../../../src/backend/handler.ts";
import { run } from "../../../src/backend/run.ts";
import { type HeaderField, HttpHeaders } from "../../../src/http/headers.ts";
import { HttpRequest } from "../../../src/http/request/request.ts";
import { EMPTY_BODY } from "../../../src/http/request/request_body.ts";
import {
  type HttpResponse,
  isStreamed,
  isWire,
  type ResponseBody,
} from "../../../src/http/response/response.ts";
import { DEFAULT_STATIC_OPTIONS, type StaticOptions } from "../../../src/servers/static/options.ts";
import type { FieldRule } from "../../../src/servers/static/resources/path_rules.ts";
import { createStatic, type StaticServer } from "../../../src/servers/static/create_static.ts";
import { fakeContext } from "../../support/fake_request.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A response, its content read to the end. */
export interface ReadResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly bytes: Uint8Array;
  /** The content as UTF-8. */
  readonly text: string;
}

/** Fields for all paths, as rules. */
export function rulesFor(...fields: readonly HeaderField[]): FieldRule[] {
  return fields.map((field) => ({ pattern: undefined, field }));
}

/** Rules for Cache-Control of all files. */
export function cacheControlRules(value: string): FieldRule[] {
  return rulesFor(["Cache-Control", value]);
}

/** The modification time of the files of a {@linkcode StaticFolder}: Tue, 02 Jan 2024 03:04:05 GMT. */
export const CHANGED_AT_MS = Date.UTC(2024, 0, 2, 3, 4, 5);

/** A folder of files and a server for it, in this process and without sockets. */
export class StaticFolder {
  /** The path of the files. */
  readonly path: string;
  readonly clock: FakeClock = new FakeClock();
  /** The time of the next request, in milliseconds since 1970; long after the files were changed. */
  nowMs: number = Date.now() + 86_400_000;
  readonly #server: StaticServer;
  readonly #base: string;

  private constructor(base: string, options: Partial<StaticOptions>) {
    this.#base = base;
    this.path = join(base, "site");
    this.#server = createStatic({
      options: { ...DEFAULT_STATIC_OPTIONS, ...options, root: this.path },
      clock: this.clock,
    });
  }

  /** Makes the files, by path below the folder; `../` leads to files beside it. */
  static async create(
    files: Readonly<Record<string, string | Uint8Array>>,
    options: Partial<StaticOptions> = {},
  ): Promise<StaticFolder> {
    return new StaticFolder(await createFiles(files), options);
  }

  /** Handles a request as the wire would deliver it. */
  ask(line: string, fields: Readonly<Record<string, string>> = {}): HttpResponse | Promise<HttpResponse> {
    const space = line.indexOf(" ");
    const headers = new HttpHeaders([["Host", "localhost"], ...Object.entries(fields)]);
    const head = {
      method: line.slice(0, space),
      target: line.slice(space + 1),
      version: "1.1",
      headers,
    } as const;
    const context: RequestContext = { ...fakeContext(), receivedAtMs: this.nowMs };
    return run(this.#server.backend, new HttpRequest(head, EMPTY_BODY), context);
  }

  /** Handles a request, and reads the response. */
  async get(line: string, fields?: Readonly<Record<string, string>>): Promise<ReadResponse> {
    const { status, headers, body } = await this.ask(line, fields);
    const isAbandoned = line.startsWith("HEAD ") && isStreamed(body);
    // The core does the same with content that is not sent.
    if (isAbandoned) await body[Symbol.asyncIterator]().return?.();
    const bytes = await readBody(isAbandoned ? null : body);
    return { status, headers, bytes, text: new TextDecoder().decode(bytes) };
  }

  /** Lets the server prepare for its first client. */
  prepare(): Promise<void> {
    return this.#server.prepare(this.nowMs);
  }

  /** Waits while time passes, in small steps, and the file system has its turns. */
  async pass<T>(event: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = event.finally(() => isSettled = true);
    while (!isSettled) {
      await this.clock.advance(5);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return await settled;
  }

  /** Writes a file below the folder, with the current time. */
  write(name: string, content: string | Uint8Array): Promise<void> {
    return writeNew(this.path, name, content);
  }

  /** Stops the server and removes the files. */
  async close(): Promise<void> {
    this.#server.close();
    await rm(this.#base, { recursive: true });
  }
}

/** Runs a test with a folder that is removed after it. */
export async function withFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<StaticOptions>,
  body: (folder: StaticFolder) => Promise<void>,
): Promise<void> {
  const folder = await StaticFolder.create(files, options);
  try {
    await body(folder);
  } finally {
    await folder.close();
  }
}

/**
 * Makes files with the time {@linkcode CHANGED_AT_MS}.
 *
 * @param files by path below `site`; `../` leads to files beside it
 * @returns the directory that holds `root`
 */
export async function createFiles(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const base = await mkdtemp(join(tmpdir(), "millrace_static_"));
  await mkdir(join(base, "site"));
  for (const [name, content] of Object.entries(files)) {
    await writeOldFile(join(base, "site", name), content);
  }
  return base;
}

/** Writes a file with the current time. */
export async function writeNew(path: string, name: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(path, name)), { recursive: true });
  await writeFile(join(path, name), content);
}

async function writeOldFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await utimes(path, CHANGED_AT_MS / 1_000, CHANGED_AT_MS / 1_000);
}

/** The bytes of a content. */
export async function readBody(body: ResponseBody): Promise<Uint8Array> {
  if (body === null) return new Uint8Array(0);
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body;
  const pieces: number[][] = [];
  if (isWire(body)) throw new TypeError("expected content, got a wire");
  for await (const piece of isStreamed(body) ? body : body.pieces) pieces.push([...piece]);
  return Uint8Array.from(pieces.flat());
}
