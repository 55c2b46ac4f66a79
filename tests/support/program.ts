import { within } from "./deadline.ts";

/** How to start the program. */
export interface ProgramOptions {
  /** Files and directories that the program may write; by default none. */
  readonly writable?: readonly string[];
  /** The working directory; default the repository. */
  readonly directory?: string;
  /** Whether the arguments say where it listens, though not by a port. */
  readonly hasOwnAddress?: boolean;
  /** Environment variables that it has and may read; by default it may read none. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The remains of a program that has ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program in a process of its own. */
export interface Program {
  /** The process, which leads a group of its own if it was started detached. */
  readonly pid: number;
  /** Port of the first listener; NaN when it is on a unix socket. */
  readonly port: number;
  /** The first ready line. */
  readonly readyLine: string;
  /** Its stdout so far. */
  readonly stdout: string;
  /** Its stderr so far. */
  readonly stderr: string;
  /** Waits until stdout or stderr contains this text. */
  until(stream: "stdout" | "stderr", text: string | RegExp): Promise<void>;
  /** Sends a signal. */
  signal(name: Deno.Signal): void;
  /** Waits until it ends by itself. */
  readonly ended: Promise<Ended>;
  /** Sends SIGTERM if it has not ended by itself, and waits for the end. */
  stop(): Promise<Ended>;
}

/** Path of the repository, with a slash at the end. */
export const ROOT: string = new URL("../../", import.meta.url).pathname;

/** Makes the command that runs the source under Deno, as a user starts it. */
export function launchSource(args: readonly string[], options: ProgramOptions): Deno.Command {
  const write = options.writable === undefined ? [] : [`--allow-write=${options.writable.join(",")}`];
  const environment = options.environment ?? {};
  const env = Object.keys(environment).map((name) => `--allow-env=${name}`);
  // The Deno binary itself, because npx does not pass SIGTERM on.
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      `--config=${ROOT}deno.json`,
      "--allow-net",
      "--allow-read",
      ...write,
      ...env,
      `${ROOT}mod.ts`,
      ...args,
    ],
    cwd: options.directory ?? ROOT,
    env: environment,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs the program to its end. */
export function runProgram(args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  return runCommand(launchSource(args, options));
}

/** Runs a command to its end. */
export async function runCommand(command: Deno.Command): Promise<Ended> {
  const { code, stdout, stderr } = await within(command.output(), "the end of the program");
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/**
 * Starts the program on a free port, unless the arguments or the environment name one, and waits for its ready line.
 *
 * @throws {Error} with its output when it ends first
 */
export function startProgram(args: readonly string[], options: ProgramOptions = {}): Promise<Program> {
  return startCommand(launchSource(withFreePort(args, options), options));
}

/** Adds a port to arguments, unless they or the environment name one. */
export function withFreePort(
  args: readonly string[],
  { environment, hasOwnAddress }: ProgramOptions,
): readonly string[] {
  return args.includes("--port") || environment !== undefined || hasOwnAddress
    ? args
    : [...args, "--port", "0"];
}

/**
 * Starts a command, its outputs piped, and waits for its ready line.
 *
 * @throws {Error} with its output when it ends first
 */
export async function startCommand(command: Deno.Command): Promise<Program> {
  const child = command.spawn();
  const stdout = new Output(child.stdout);
  const stderr = new Output(child.stderr);
  const ended = Promise.all([child.status, stdout.ended, stderr.ended])
    .then(([{ code }]): Ended => ({ code, stdout: stdout.text, stderr: stderr.text }));
  try {
    await stdout.until(/^millrace \S+ listening on \S+\n/m);
  } catch (error) {
    if (!stdout.hasEnded) child.kill("SIGKILL");
    const { code } = await ended;
    throw new Error(`the program did not start: code ${code}, said ${stderr.text}`, { cause: error });
  }
  const readyLine = /^millrace \S+ listening on .*$/m.exec(stdout.text)![0];
  return {
    pid: child.pid,
    readyLine,
    port: Number(/:(\d+)\/?$/.exec(readyLine)?.[1]),
    get stdout(): string {
      return stdout.text;
    },
    get stderr(): string {
      return stderr.text;
    },
    until: (stream, text) => (stream === "stdout" ? stdout : stderr).until(text),
    signal: (name) => child.kill(name),
    ended,
    stop(): Promise<Ended> {
      if (!stdout.hasEnded) child.kill("SIGTERM");
      return within(ended, "the end of the program");
    },
  };
}

/** Collects the bytes of a pipe. */
class Output {
  text = "";
  readonly ended: Promise<void>;
  #wake: () => void = () => {};
  hasEnded = false;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.ended = this.#collect(stream);
  }

  async until(expected: string | RegExp): Promise<void> {
    const isThere = (): boolean =>
      typeof expected === "string" ? this.text.includes(expected) : expected.test(this.text);
    while (!isThere()) {
      if (this.hasEnded) throw new Error(`the program ended without saying ${expected}: ${this.text}`);
      await within(new Promise<void>((resolve) => this.#wake = resolve), `${expected} after ${this.text}`);
    }
  }

  async #collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
      this.text += piece;
      this.#wake();
    }
    this.hasEnded = true;
    this.#wake();
  }
}

/** Gives a test an empty directory of its own. */
export async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "millrace-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
