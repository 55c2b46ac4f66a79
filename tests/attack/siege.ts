/**
 * What one attacker does until the siege is over. It may throw when the server closes its connection.
 *
 * @param ready to be called as soon as it holds what it wants to hold
 */
export type Attacker = (siege: Siege, ready: () => void) => Promise<void>;

/** How to besiege a server. */
export interface SiegeOptions {
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** How many attackers there are at the same time. */
  readonly count: number;
  /** Whether an attacker whose connection was closed begins again, until the siege is over; default false. */
  readonly persists?: boolean;
}

// More at a time would overrun the queue of connections that wait to be accepted.
const CONNECTING_AT_A_TIME = 64;
// Attackers take turns: a tenth of them acts at a time, each every two seconds.
const GROUPS = 10;
const TICK_MS = 200;

const encoder = new TextEncoder();

/** Many attackers of one server. */
export class Siege {
  readonly #options: SiegeOptions;
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #waiting: (() => void)[] = [];
  #connecting = 0;
  #ready = 0;
  #onReady: () => void = () => {};
  readonly #groups = Array.from({ length: GROUPS }, () => Promise.withResolvers<void>());
  #lastGroup = 0;
  #lastTick = 0;
  readonly #timer: ReturnType<typeof setInterval>;
  #isOver = false;
  #attackers: Promise<void>[] = [];

  private constructor(options: SiegeOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#nextTick(), TICK_MS);
  }

  /** Begins a siege; settles when every attacker has said that it is ready, or has lost its connection. */
  static async lay(attacker: Attacker, options: SiegeOptions): Promise<Siege> {
    const siege = new Siege(options);
    const ready = new Promise<void>((resolve) => siege.#onReady = resolve);
    siege.#attackers = Array.from({ length: options.count }, () => siege.#run(attacker));
    await ready;
    return siege;
  }

  async #run(attacker: Attacker): Promise<void> {
    let isReady = false;
    const ready = (): void => {
      if (!isReady) this.#countReady();
      isReady = true;
    };
    do {
      try {
        await attacker(this, ready);
      } catch (error) {
        // The server closed the connection. With too few descriptors of its own an attacker proves nothing.
        if (/too many open files/i.test(String(error))) throw error;
      }
      ready();
      if (this.#options.persists === true) await this.tick();
    } while (this.#options.persists === true && !this.#isOver);
  }

  /** Whether the attackers shall go. */
  get isOver(): boolean {
    return this.#isOver;
  }

  #countReady(): void {
    this.#ready++;
    if (this.#ready === this.#options.count) this.#onReady();
  }

  /** Opens a connection. */
  async connect(): Promise<Deno.TcpConn> {
    if (this.#connecting >= CONNECTING_AT_A_TIME) {
      await new Promise<void>((go) => void this.#waiting.push(go));
    }
    this.#connecting++;
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: this.#options.port });
      if (this.#isOver) connection.close();
      else this.#connections.add(connection);
      return connection;
    } finally {
      this.#connecting--;
      this.#waiting.shift()?.();
    }
  }

  /** Gives a connection up: by FIN, or by a reset if part of the response is unread. */
  leave(connection: Deno.TcpConn): void {
    if (this.#connections.delete(connection)) connection.close();
  }

  /** Waits for up to two seconds, so that not all attackers act at once. */
  tick(): Promise<void> {
    this.#lastGroup = (this.#lastGroup + 1) % GROUPS;
    return this.#groups[this.#lastGroup]!.promise;
  }

  #nextTick(): void {
    this.#lastTick = (this.#lastTick + 1) % GROUPS;
    this.#groups[this.#lastTick]!.resolve();
    this.#groups[this.#lastTick] = Promise.withResolvers();
  }

  /** Settles when all attackers have gone by themselves, or have lost their connections. */
  async overByItself(): Promise<void> {
    await Promise.all(this.#attackers);
  }

  /** Ends the siege; settles when all attackers have gone. */
  async lift(): Promise<void> {
    this.#isOver = true;
    for (const connection of this.#connections) this.leave(connection);
    clearInterval(this.#timer);
    for (const { resolve } of this.#groups) resolve();
    await this.overByItself();
  }
}

/** Sends text or bytes. @throws when the server has closed the connection */
export async function send(connection: Deno.TcpConn, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** Reads and drops bytes. @returns when that many have come, or no more come */
export async function drop(connection: Deno.TcpConn, length: number): Promise<void> {
  const buffer = new Uint8Array(Math.min(length, 65_536));
  for (let left = length; left > 0;) {
    const count = await connection.read(buffer.subarray(0, Math.min(left, buffer.length)));
    if (count === null) return;
    left -= count;
  }
}
