/** The app as a process of its own, started like a user starts it. */
export interface RunningApp {
  /** Where it listens, with a slash at the end. */
  readonly url: string;
  /** Sends SIGTERM and waits for the end. @returns the exit code */
  stop(): Promise<number>;
}

// Starting means checking types and compiling; a machine under load takes its time.
const START_TIMEOUT_MS = 30_000;

/**
 * Starts `mod.ts` with network and read permission on a free port, and waits until it says that it listens.
 *
 * @throws {Error} when it ends before that, or says nothing for half a minute
 */
export async function startApp(): Promise<RunningApp> {
  const root = new URL("../../../", import.meta.url);
  // The Deno binary itself, not npx, which does not pass SIGTERM on.
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", "--allow-read", "mod.ts", "--port", "0"],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = readAll(child.stderr);
  const announced = Promise.withResolvers<string | undefined>();
  const output = watchOutput(child.stdout, announced.resolve);
  const deadline = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  const url = await announced.promise;
  clearTimeout(deadline);
  const ended = async (): Promise<number> => {
    await Promise.all([output, errors]);
    return (await child.status).code;
  };
  if (url === undefined) {
    throw new Error(`Cannot start the app: exit code ${await ended()}, said ${await errors}`);
  }
  return {
    url,
    stop: (): Promise<number> => {
      child.kill("SIGTERM");
      return ended();
    },
  };
}

/** Reads to the end: a full pipe would stop the program. Reports the URL as soon as it is announced. */
async function watchOutput(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  report: (url: string | undefined) => void,
): Promise<void> {
  let text = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const match = /^millrace app listening on (http:\/\/127\.0\.0\.1:\d+\/)\r?\n/m.exec(text);
    if (match !== null) report(match[1]);
  }
  report(undefined);
}

async function readAll(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  return await new Response(stream).text();
}
