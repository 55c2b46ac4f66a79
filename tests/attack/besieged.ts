import type { ServeOptions } from "../../src/serve_options.ts";
import { AnswerReader } from "../bench/answers.ts";
import { readMemory } from "../bench/process_costs.ts";
import { within } from "../support/deadline.ts";
import { type Program, ROOT, startCommand } from "../support/program.ts";

/** What the server says about itself. */
export interface State {
  /** Connections open, the one that asks too. */
  readonly connections: number;
  /** What was reported to `onError`. */
  readonly failures: number;
}

/** A server under attack, and one client of it that does no harm. */
export class Besieged {
  readonly #program: Program;
  readonly #connection: Deno.TcpConn;
  readonly #answers: AnswerReader;

  private constructor(program: Program, connection: Deno.TcpConn) {
    this.#program = program;
    this.#connection = connection;
    this.#answers = new AnswerReader(connection);
  }

  /**
   * Starts target.ts in a process of its own, and connects the client.
   *
   * @param maxDescriptors what the process may have open, where that is not left to the system
   */
  static async start(options: ServeOptions, maxDescriptors?: number): Promise<Besieged> {
    const target = [`${ROOT}tests/attack/target.ts`, JSON.stringify(options)];
    const program = [Deno.execPath(), "run", "--quiet", "--allow-net", ...target];
    const limit = maxDescriptors === undefined ? "" : `ulimit -n ${maxDescriptors}; `;
    const command = new Deno.Command("sh", {
      args: ["-c", `${limit}exec "$@"`, "sh", ...program],
      cwd: ROOT,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    const running = await startCommand(command);
    return new Besieged(running, await Deno.connect({ hostname: "127.0.0.1", port: running.port }));
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

  /** Asks again and again until something has happened. @throws {Error} when it fails, or the server does */
  async askUntil<T>(event: Promise<T>, what: string): Promise<T> {
    let isOver = false;
    const end = (): void => void (isOver = true);
    event.then(end, end);
    const asking = async (): Promise<void> => {
      do await this.#ask(); while (!isOver);
    };
    await within(asking(), what);
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
