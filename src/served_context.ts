import type { RequestContext } from "./backend/handler.ts";
import type { Theme } from "./backend/stylesheet.ts";
import type { Connection, NetAddress } from "./net/connection.ts";

/** What a server knows about a request beside its bytes. */
export class ServedContext implements RequestContext {
  readonly remote: NetAddress;
  readonly local: NetAddress;
  readonly isEncrypted: boolean;
  readonly connection: Connection;
  readonly receivedAtMs: number;
  requestId: string | undefined = undefined;
  theme: Theme | undefined = undefined;
  error: unknown = undefined;
  onCut: (() => void) | undefined = undefined;
  readonly #watch: () => void;
  #controller: AbortController | undefined;

  /** @param watch called once the client has to be watched; what it then does is told to `abort` */
  constructor(connection: Connection, receivedAtMs: number, watch: () => void) {
    this.remote = connection.remote;
    this.local = connection.local;
    this.isEncrypted = connection.isEncrypted;
    this.connection = connection;
    this.receivedAtMs = receivedAtMs;
    this.#watch = watch;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      this.#watch();
    }
    return this.#controller.signal;
  }

  /** Says that the client has left. */
  abort(): void {
    this.#controller?.abort();
  }
}
