import { Random } from "../support/random.ts";
import { WatchedServer } from "../support/watched_server.ts";
import { BAD_ACTS } from "./bad_acts.ts";
import { type Act, FILES, GOOD_ACTS } from "./good_acts.ts";
import { makePattern } from "./pattern.ts";
import { Visit } from "./visit.ts";

/** The size of a soak. */
export interface SoakOptions {
  /** How long, in seconds. */
  readonly seconds: number;
  /** How many clients at the same time. */
  readonly clients: number;
  /** The same seed gives every client the same acts. */
  readonly seed: number;
  /** Called once a second with the acts so far, and the memory that the server occupies. */
  readonly onSecond?: (acts: number, residentBytes: number | undefined) => void;
}

/** The result of a soak. */
export interface SoakReport {
  /** How often each act was done, by name. */
  readonly counts: ReadonlyMap<string, number>;
  /** Memory of the server in bytes, once a second; empty if the system does not tell. */
  readonly residentBytes: readonly number[];
  /** Descriptors of the server at the end, less those at the beginning; undefined if the system does not tell. */
  readonly descriptorsLeft: number | undefined;
  /** The reports to `onError`: broken responses, and nothing else. */
  readonly failures: number;
  /** Exit code of the server, which ends by itself when nothing is left. */
  readonly exitCode: number;
}

const ACTS: readonly (readonly [name: string, act: Act])[] = Object.entries({ ...GOOD_ACTS, ...BAD_ACTS });
const MAX_ACTS_OF_A_VISIT = 12;
const MAX_REST_MS = 20;

/** Writes the files of the soak. */
async function fillFolder(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/files`);
  for (const { path, number, length } of FILES) {
    await Deno.writeFile(`${folder}/${path}`, makePattern(number, 0, length));
  }
}

/**
 * Lets clients do all kinds of things to a server in a process of its own, for a given time, and checks every response.
 *
 * @throws {Error} with the name of the act and the seed, when a response is not what it must be
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const folder = await Deno.makeTempDir({ prefix: "millrace-soak-" });
  try {
    await fillFolder(folder);
    return await soakServer(
      await WatchedServer.start({ file: "tests/soak/server.ts", args: [folder] }),
      options,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function soakServer(server: WatchedServer, options: SoakOptions): Promise<SoakReport> {
  const counts = new Map<string, number>();
  const residentBytes: number[] = [];
  await server.ask();
  const descriptors = server.descriptors;
  const second = new Second();
  const lookAround = async (): Promise<void> => {
    await second.end();
    const resident = server.residentBytes;
    if (resident !== undefined) residentBytes.push(resident);
    options.onSecond?.([...counts.values()].reduce((sum, count) => sum + count, 0), resident);
  };
  try {
    await server.askUntil(runClients(server.port, options, counts), lookAround);
    await server.untilAlone();
    const { failures } = await server.ask();
    const descriptorsLeft = server.descriptorsLeft(descriptors);
    return { counts, residentBytes, descriptorsLeft, failures, exitCode: await server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    second.cancel();
  }
}

/** A timer that can be taken back. */
class Second {
  #timer: ReturnType<typeof setTimeout> | undefined;

  end(): Promise<void> {
    return new Promise((resolve) => this.#timer = setTimeout(resolve, 1_000));
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}

interface Stay {
  endMs: number;
  readonly counts: Map<string, number>;
}

/** The first fault ends it for all. */
async function runClients(port: number, options: SoakOptions, counts: Map<string, number>): Promise<void> {
  const stay: Stay = { endMs: performance.now() + options.seconds * 1_000, counts };
  const clients = Array.from(
    { length: options.clients },
    (_, index) =>
      runClient(port, new Random(options.seed + index), stay).catch((error) => {
        stay.endMs = 0;
        throw error;
      }),
  );
  for (const end of await Promise.allSettled(clients)) if (end.status === "rejected") throw end.reason;
}

async function runClient(port: number, random: Random, stay: Stay): Promise<void> {
  while (performance.now() < stay.endMs) {
    const visit = await Visit.begin(port, random);
    try {
      for (let acts = 1 + random.below(MAX_ACTS_OF_A_VISIT); acts > 0; acts--) {
        const [name, act] = random.pick(ACTS);
        const afterwards = await act(visit).catch((cause) => {
          throw new Error(`Cannot finish the act "${name}"`, { cause });
        });
        stay.counts.set(name, (stay.counts.get(name) ?? 0) + 1);
        if (afterwards === "is over") break;
        await new Promise((go) => setTimeout(go, random.below(MAX_REST_MS)));
      }
    } finally {
      visit.leave();
    }
  }
}
