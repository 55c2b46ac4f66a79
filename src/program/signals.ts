// The effect of signals on a server: the same on every runtime.

import type { Clock } from "../base/clock.ts";
import type { RunningCommand } from "./command.ts";
import type { SayLine } from "./logs/console_lines.ts";
import { formatTime } from "./flags/quantities.ts";

/** A signal that a server listens to. */
export type SignalName = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGUSR1";

/** Handlers of signals. */
export interface SignalActions {
  /** The server. */
  readonly running: Pick<RunningCommand, "shutdown" | "connectionCount">;
  /** Whether stdin is a terminal: then SIGHUP means that it was closed. */
  readonly hasTerminal: boolean;
  /** How long the server waits for running requests. */
  readonly graceMs: number;
  /** Opens logs and reads changed files again. Must not throw. */
  readonly reload: (what: "logs" | "all") => void;
  /** Called when the server begins to stop. */
  readonly onStopping: (signal: SignalName) => void;
  /** Closes what is open after the server has stopped. */
  readonly close: () => Promise<void>;
  /** Writes unwritten entries; a log that takes nothing is given up after a second. */
  readonly flush: () => Promise<void>;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  /** Says a line. */
  readonly say: SayLine;
  /** The time. */
  readonly clock: Clock;
}

const NUMBERS: Readonly<Record<SignalName, number>> = { SIGHUP: 1, SIGINT: 2, SIGUSR1: 10, SIGTERM: 15 };
// Idle connections are closed at once; the server waits for those that are left then.
const SAY_AFTER_MS = 100;

/**
 * Makes the function that is called at each signal: the first signal stops gracefully, a second one ends at
 * once.
 */
export function createSignalHandler(actions: SignalActions): (signal: SignalName) => void {
  const { hasTerminal, reload, flush, exit, onStopping } = actions;
  let state: "serving" | "stopping" | "ending" = "serving";
  return (signal) => {
    if (signal === "SIGUSR1") return reload("logs");
    if (signal === "SIGHUP" && !hasTerminal) return reload("all");
    const code = 128 + NUMBERS[signal];
    switch (state) {
      case "serving":
        state = "stopping";
        onStopping(signal);
        return void stop(actions);
      case "stopping":
        state = "ending";
        return void flush().then(() => exit(code));
      case "ending":
        return exit(code);
    }
  };
}

async function stop({ running, clock, graceMs, say, close, exit }: SignalActions): Promise<void> {
  const silence = clock.after(SAY_AFTER_MS, () => {
    const count = running.connectionCount?.() ?? 0;
    if (count === 0) return;
    const clients = count === 1 ? "1 connection" : `${count} connections`;
    void say(`waiting for ${clients}, at most ${formatTime(graceMs)}: a second signal ends at once`);
  });
  await running.shutdown();
  silence();
  await close();
  exit(0);
}
