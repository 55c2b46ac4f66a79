import { ResponseReader } from "../bench/response_reader.ts";
import { readMemory } from "../bench/process_costs.ts";
import { within } from "./deadline.ts";
import { type Program, ROOT, startCommand } from "./program.ts";
import type { State } from "./server_state.ts";

/** How to start a server of the tests. */
export interface WatchedProgram {
  /** Its file, below the repository. It announces itself like ours, and ends on SIGTERM when nothing is left. */
  readonly file: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** The most descriptors that the process may open; by default the system's limit. */
  readonly maxDescriptors?: number;
}

/** A server in a process of its own, whose memory and descriptors can be counted, and one harmless client. */
export class WatchedServer {
  readonly #program: Program;
  readonly #connection: Deno.TcpConn;
  readonly #responses: ResponseReader;

  private constructor(program: Program, connection: Deno.TcpConn) {
    this.#program = program;
    this.#connection = connection;
    this.#responses = new ResponseReader(connection);
  }

  /** Starts the server, and connects the client. */
  static async start({ file, args, maxDescriptors }: WatchedProgram): Promise<WatchedServer> {
    const program = [Deno.execPath(), "run", "--quiet", "--allow-net", "--allow-read", ROOT + file, ...args];
    const limit = maxDescriptors === undefined ? "" : `ulimit -n ${maxDescriptors}; `;
    const command = new Deno.Command("sh", {
      args: ["-c", `${limit}exec "$@"`, "sh", ...program],
      cwd: ROOT,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    const running = await startCommand(command);
    return new WatchedServer(running, await Deno.connect({ hostname: "127.0.0.1", port: running.port }));
  }

  /** Its port on 127.0.0.1. */
  get port(): number {
    return this.#program.port;
  }

  /** Descriptors that the process has open; undefined if the system does not tell. */
  get descriptors(): number | undefined {
    if (Deno.build.os !== "linux") return undefined;
    return [...Deno.readDirSync(`/proc/${this.#program.pid}/fd`)].length;
  }

  /**
   * How many descriptors more it has open than before; undefined if the system does not tell.
   *
   * Fewer count as zero, because on its first start the runtime has files of its own caches open for a while.
   */
  descriptorsLeft(before: number | undefined): number | undefined {
    const { descriptors } = this;
    return before === undefined || descriptors === undefined ? undefined : Math.max(0, descriptors - before);
  }

  /** The first ready line, and the rest of its output. */
  get stdout(): string {
    return this.#program.stdout;
  }

  /** The memory that the process occupies, in bytes; undefined if the system does not tell. */
  get residentBytes(): number | undefined {
    return readMemory(this.#program.pid)?.residentBytes;
  }

  /** The most memory that the process has occupied, in bytes; undefined if the system does not tell. */
  get peakBytes(): number | undefined {
    return readMemory(this.#program.pid)?.peakBytes;
  }

  /** The client asks for the server's state. @throws {Error} when no response comes, or its status is not 200 */
  ask(): Promise<State> {
    return within(this.#ask(), "a response during the attack");
  }

  async #ask(): Promise<State> {
    await this.#connection.write(new TextEncoder().encode("GET /state HTTP/1.1\r\nHost: a\r\n\r\n"));
    const head = await this.#responses.readHead();
    let text = "";
    await this.#responses.readBody(head, (piece) => text += new TextDecoder().decode(piece));
    if (head.status !== 200) throw new Error(`Cannot ask the server: status ${head.status}`);
    return JSON.parse(text);
  }

  /**
   * Asks again and again until the server's state is as expected.
   *
   * @param what the expected state, for the message
   * @throws {Error} when it does not come
   */
  askFor(what: string, isExpected: (state: State) => boolean): Promise<State> {
    const asking = async (): Promise<State> => {
      for (;;) {
        const state = await this.#ask();
        if (isExpected(state)) return state;
      }
    };
    return within(asking(), what);
  }

  /**
   * Asks again and again until something has happened.
   *
   * @param rest waits between two requests; without it there is no pause
   * @throws {Error} when the event fails, or the server does
   */
  async askUntil<T>(event: Promise<T>, rest?: () => Promise<void>): Promise<T> {
    let isOver = false;
    const over = event.then(() => void (isOver = true), () => void (isOver = true));
    while (!isOver) {
      await this.ask();
      if (rest !== undefined) await Promise.race([rest(), over]);
    }
    return await event;
  }

  /**
   * Asks again and again until the server has no other connection.
   *
   * @param descriptors those that it had open before the connections came; it waits for the end of all others, too
   * @throws {Error} when that does not happen
   */
  async untilAlone(descriptors?: number): Promise<void> {
    await this.askFor(
      "the end of all other connections",
      ({ connections }) => connections <= 1 && (this.descriptorsLeft(descriptors) ?? 0) === 0,
    );
  }

  /** Sends SIGTERM. The process ends by itself, when no timer, no descriptor and no promise of the runtime is left. */
  async stop(): Promise<number> {
    this.#connection.close();
    const { code, stderr } = await this.#program.stop();
    if (stderr !== "") throw new Error(`The server said: ${stderr}`);
    return code;
  }
}
