import { AnswerReader } from "../bench/answers.ts";
import { readMemory } from "../bench/process_costs.ts";
import { within } from "./deadline.ts";
import { type Program, ROOT, startCommand } from "./program.ts";

/** What the server says about itself at `/state`, as JSON. */
export interface State {
  /** Connections open, the one that asks too. */
  readonly connections: number;
  /** What was reported to `onError`. */
  readonly failures: number;
}

/** How to start a server of the tests. */
export interface WatchedProgram {
  /** Its file, from the repository on. It announces itself like ours, and ends on SIGTERM when nothing is left. */
  readonly file: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** What the process may have open, where that is not left to the system. */
  readonly maxDescriptors?: number;
}

/** A server in a process of its own, whose memory and descriptors can be counted, and one client that does no harm. */
export class WatchedServer {
  readonly #program: Program;
  readonly #connection: Deno.TcpConn;
  readonly #answers: AnswerReader;

  private constructor(program: Program, connection: Deno.TcpConn) {
    this.#program = program;
    this.#connection = connection;
    this.#answers = new AnswerReader(connection);
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

  /** Descriptors that the process has open; undefined where the system does not tell. */
  get descriptors(): number | undefined {
    if (Deno.build.os !== "linux") return undefined;
    return [...Deno.readDirSync(`/proc/${this.#program.pid}/fd`)].length;
  }

  /**
   * How many descriptors more it has open than before; undefined where the system does not tell.
   *
   * Fewer are none: on its first start the runtime has files of its own caches open for a while.
   */
  descriptorsLeft(before: number | undefined): number | undefined {
    const { descriptors } = this;
    return before === undefined || descriptors === undefined ? undefined : Math.max(0, descriptors - before);
  }

  /** The first ready line, and whatever else it wrote. */
  get stdout(): string {
    return this.#program.stdout;
  }

  /** The memory that the process occupies, in bytes; undefined where the system does not tell. */
  get residentBytes(): number | undefined {
    return readMemory(this.#program.pid)?.residentBytes;
  }

  /** The most memory that the process has occupied, in bytes; undefined where the system does not tell. */
  get peakBytes(): number | undefined {
    return readMemory(this.#program.pid)?.peakBytes;
  }

  /** The client asks how the server is. @throws {Error} when it is not answered, or not with 200 */
  ask(): Promise<State> {
    return within(this.#ask(), "an answer during the attack");
  }

  async #ask(): Promise<State> {
    await this.#connection.write(new TextEncoder().encode("GET /state HTTP/1.1\r\nHost: a\r\n\r\n"));
    const head = await this.#answers.readHead();
    let text = "";
    await this.#answers.readBody(head, (piece) => text += new TextDecoder().decode(piece));
    if (head.status !== 200) throw new Error(`Cannot ask the server: status ${head.status}`);
    return JSON.parse(text);
  }

  /**
   * Asks again and again until something has happened.
   *
   * @param rest waits between two questions; without it there is no rest
   * @throws {Error} when what shall happen fails, or the server does
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

  /** Asks again and again until the server has no other connection. @throws {Error} when that does not come */
  async untilAlone(): Promise<void> {
    const asking = async (): Promise<void> => {
      while ((await this.#ask()).connections > 1);
    };
    await within(asking(), "the end of all other connections");
  }

  /** Sends SIGTERM. The process ends by itself, when no timer, no descriptor and no promise of the runtime is left. */
  async stop(): Promise<number> {
    this.#connection.close();
    const { code, stderr } = await this.#program.stop();
    if (stderr !== "") throw new Error(`The server said: ${stderr}`);
    return code;
  }
}
