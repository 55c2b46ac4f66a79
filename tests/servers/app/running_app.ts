import { startProgram } from "../../support/program.ts";

/** The app as a process of its own, started as a user starts it. */
export interface RunningApp {
  /** Its URL, with a slash at the end. */
  readonly url: string;
  /** Sends SIGTERM and waits for the end. @returns the exit code */
  stop(): Promise<number>;
}

/**
 * Starts the app with network and read permission on a free port, and waits until it says that it listens.
 *
 * @throws {Error} when it ends first, or says nothing for too long
 */
export async function startApp(): Promise<RunningApp> {
  const program = await startProgram([]);
  return {
    url: `http://127.0.0.1:${program.port}/`,
    stop: async () => (await program.stop()).code,
  };
}
