// Programs of the system that real tests need.

import { within } from "./deadline.ts";

/** Whether a program is installed. If not, it prints which one is missing. */
export function hasTool(name: string): boolean {
  try {
    new Deno.Command(name, { args: ["--version"], stdin: "null", stdout: "null", stderr: "null" })
      .outputSync();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The output of a program. */
export interface ToolRun {
  readonly code: number;
  /** Both of its streams. */
  readonly output: string;
}

/** Runs a program to its end. @param input its stdin */
export async function runTool(name: string, args: readonly string[], input = ""): Promise<ToolRun> {
  const child = new Deno.Command(name, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A program that does not read its stdin may have ended.
  await writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await within(child.output(), `the end of ${name}`);
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** A program that runs until it is ended. */
export interface Daemon {
  /** Ends it, and waits for the end. */
  stop(): Promise<void>;
}

const CONNECT_INTERVAL_MS = 10;

/** Starts a program and waits until it listens on a port. */
export async function startDaemon(name: string, args: readonly string[], port: number): Promise<Daemon> {
  const child = new Deno.Command(name, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const connect = async (): Promise<void> => {
    for (;;) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, CONNECT_INTERVAL_MS));
      }
    }
  };
  await within(connect(), `${name} on port ${port}`);
  return {
    async stop(): Promise<void> {
      child.kill("SIGTERM");
      await within(child.status, `the end of ${name}`);
    },
  };
}
