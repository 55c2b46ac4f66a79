// What signals do to a server: the same on every runtime.

import type { Clock } from "../base/clock.ts";
import type { RunningCommand } from "./command.ts";
import { formatTime } from "./flags/quantities.ts";

/** A signal that a server listens to. */
export type SignalName = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGUSR1";

/** What is to be done at signals. */
export interface SignalActions {
  /** The server. */
  readonly running: Pick<RunningCommand, "shutdown" | "connectionCount">;
  /** Whether somebody sits at a terminal, whose end SIGHUP tells. */
  readonly hasTerminal: boolean;
  /** How long the server waits for running requests. */
  readonly graceMs: number;
  /** Opens logs again, and reads files again that may have changed. Must not throw. */
  readonly reload: (what: "logs" | "all") => void;
  /** Called when the server begins to stop. */
  readonly onStopping: (signal: SignalName) => void;
  /** Ends what is left, and the process. */
  readonly end: (code: number) => Promise<void>;
  /** Ends the process at once. */
  readonly endNow: (code: number) => void;
  /** Says a line. */
  readonly say: (line: string) => void;
  /** The time. */
  readonly clock: Clock;
}

const NUMBERS: Readonly<Record<SignalName, number>> = { SIGHUP: 1, SIGINT: 2, SIGUSR1: 10, SIGTERM: 15 };
// Idle connections are closed at once: those that are left then are waited for.
const SAY_AFTER_MS = 100;

/** Makes what is called at each signal. */
export function createSignalHandler(actions: SignalActions): (signal: SignalName) => void {
  let isStopping = false;
  return (signal) => {
    if (signal === "SIGUSR1") return actions.reload("logs");
    if (signal === "SIGHUP" && !actions.hasTerminal) return actions.reload("all");
    if (isStopping) return actions.endNow(128 + NUMBERS[signal]);
    isStopping = true;
    actions.onStopping(signal);
    void stop(actions);
  };
}

async function stop({ running, clock, graceMs, say, end }: SignalActions): Promise<void> {
  const silence = clock.after(SAY_AFTER_MS, () => {
    const count = running.connectionCount?.() ?? 0;
    if (count === 0) return;
    const clients = count === 1 ? "1 connection" : `${count} connections`;
    say(`waiting for ${clients}, at most ${formatTime(graceMs)}: a second signal ends at once`);
  });
  await running.shutdown();
  silence();
  await end(0);
}
