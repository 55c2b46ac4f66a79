// Every process of the benchmark is started here, and ended here through its own handle.

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 3_000;
const KEPT_STDERR_CHARACTERS = 4_000;

/** The output of a finished program. */
export interface Outcome {
  /** Exit code. */
  readonly code: number;
  /** All of its standard output. */
  readonly stdout: string;
  /** All of its standard error. */
  readonly stderr: string;
}

/** A server that runs until it is stopped. */
export interface ServerProcess {
  /** Process id of the program itself, not of a shell around it. */
  readonly pid: number;
  /**
   * Waits for the next line on stdout.
   *
   * @throws {Error} with the end of its stderr when the process ended, or was silent for 30 s
   */
  nextLine(): Promise<string>;
  /** Asks it to end, ends it by force if it does not within 3 s, and waits for the end. */
  stop(): Promise<void>;
}

/** The processes of one run. */
export class ProcessGroup {
  readonly #running = new Set<{ stop(): Promise<void> }>();
  #isStopped = false;

  /** Whether {@linkcode ProcessGroup.stopAll} was called: from then on measurements mean nothing. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Starts a server. @throws {Error} when the program does not exist */
  start(command: readonly string[]): ServerProcess {
    const child = this.#spawn(command);
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(splitLines()).getReader();
    const stderr = keepEnd(child.stderr);
    const server: ServerProcess = {
      pid: child.pid,
      nextLine: async (): Promise<string> => {
        const { value } = await withDeadline(lines.read(), START_DEADLINE_MS, "Cannot start the program");
        if (value !== undefined) return value;
        throw new Error(`Cannot start the program: ${(await stderr()).trim() || "it ended without a word"}`);
      },
      stop: async (): Promise<void> => {
        await endProcess(child);
        await lines.cancel();
        this.#running.delete(server);
      },
    };
    this.#running.add(server);
    return server;
  }

  /** Runs a program to its end. @throws {Error} when the program does not exist */
  async run(command: readonly string[]): Promise<Outcome> {
    const child = this.#spawn(command);
    const entry = { stop: (): Promise<void> => endProcess(child) };
    this.#running.add(entry);
    const { code, stdout, stderr } = await child.output();
    this.#running.delete(entry);
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  }

  /** Ends everything that still runs; nothing can be started afterwards. */
  async stopAll(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#running].map((running) => running.stop()));
  }

  #spawn(command: readonly string[]): Deno.ChildProcess {
    if (this.#isStopped) throw new Error("Cannot start a process: the benchmark is stopping");
    const [program = "", ...args] = command;
    const env = { NO_COLOR: "1" };
    return new Deno.Command(program, { args, env, stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
  }
}

async function endProcess(child: Deno.ChildProcess): Promise<void> {
  signal(child, "SIGTERM");
  const force = setTimeout(() => signal(child, "SIGKILL"), STOP_DEADLINE_MS);
  await child.status;
  clearTimeout(force);
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function splitLines(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream(
    {
      transform(text, controller): void {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) controller.enqueue(line);
      },
    },
    undefined,
    { highWaterMark: 1_000 },
  );
}

function keepEnd(stream: ReadableStream<Uint8Array>): () => Promise<string> {
  let end = "";
  const drained = (async (): Promise<void> => {
    for await (
      const text of stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    ) {
      end = (end + text).slice(-KEPT_STDERR_CHARACTERS);
    }
  })();
  return async () => {
    await drained;
    return end;
  };
}

/** Waits for a promise, but not for ever. @throws {Error} the action and the time, when the deadline has passed */
export async function withDeadline<T>(promise: Promise<T>, deadlineMs: number, action: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${action}: nothing within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
