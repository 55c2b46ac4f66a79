import { ROOT } from "../support/program.ts";
import { type Failure, readReport, type TestReport, withoutReminders } from "./test_report.ts";

/** Which tests to run. */
export type Part = "own" | "real";

/** The result of a run of `deno test`. */
export interface Outcome extends TestReport {
  /** The case that was running when the run broke off. */
  readonly broken: Failure | undefined;
}

/** A run of `deno test` in progress. */
export interface TestProcess {
  /** Settles when all of its output is shown. */
  readonly shown: Promise<unknown>;
  readonly outcome: Promise<Outcome>;
  /** Ends it with everything that its tests have started. @param reason for the report */
  end(reason: string): void;
}

// Every case writes a line at its beginning and at its end; the longest takes 30 s on two idle cores.
const SILENCE_MS = 480_000;
const LAST_LINES = 6;

/**
 * Starts `deno test`. A run that writes nothing for eight minutes is ended, and its report names the case.
 *
 * @param turn until it settles, the output is held back
 */
export function startTests(part: Part, args: readonly string[], turn: Promise<unknown>): TestProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", ...args],
    cwd: ROOT,
    env: { MILLRACE_TESTS: part },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // A group of its own, so that a signal reaches the servers of a test that hangs.
    detached: true,
  }).spawn();
  let isOver = false;
  let endedBecause: string | undefined;
  const end = (reason: string): void => {
    if (isOver) return;
    endedBecause ??= reason;
    Deno.kill(-child.pid, "SIGKILL");
  };
  const watch = new SilenceWatch(() => end(`nothing was written for ${SILENCE_MS / 60_000} minutes`));
  const [toShow, toRead] = child.stdout.pipeThrough(watch.stream()).tee();
  const [errorsToShow, errorsToRead] = child.stderr.pipeThrough(watch.stream()).tee();
  const shown = turn.then(() =>
    Promise.all([
      toShow.pipeTo(Deno.stdout.writable, { preventClose: true }),
      errorsToShow.pipeTo(Deno.stderr.writable, { preventClose: true }),
    ])
  );
  const output = new Response(toRead).text();
  const errors = new Response(errorsToRead).text();
  const readOutcome = async (): Promise<Outcome> => {
    const { code } = await child.status;
    isOver = true;
    watch.stop();
    const report = readReport(await output);
    const reason = endedBecause === undefined ? describeEnd(code, await errors) : [endedBecause];
    // After a crash the cases that failed before must not pass for all that failed.
    const isBroken = !report.isComplete || (code !== 0 && report.failures.length === 0);
    const broken = isBroken ? { name: "no case", file: "", ...report.unfinished, error: reason } : undefined;
    return { ...report, broken };
  };
  return { shown, outcome: readOutcome(), end };
}

/** The code of a process that ended by itself, and the last lines of its stderr. */
function describeEnd(code: number, errors: string): string[] {
  const lines = errors.split("\n").filter((line) => line.trim() !== "");
  return [`the process ended with code ${code}`, ...lines.slice(-LAST_LINES)];
}

/** Calls when streams have been silent for too long. */
class SilenceWatch {
  readonly #onSilence: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
    this.#restart();
  }

  /** Passes all pieces on, and keeps those that nobody has read yet. */
  stream(): TransformStream<Uint8Array, Uint8Array> {
    const transform = (piece: Uint8Array, output: TransformStreamDefaultController<Uint8Array>): void => {
      if (withoutReminders(new TextDecoder().decode(piece)) !== "") this.#restart();
      output.enqueue(piece);
    };
    return new TransformStream({ transform }, undefined, { highWaterMark: Infinity });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onSilence, SILENCE_MS);
  }
}
