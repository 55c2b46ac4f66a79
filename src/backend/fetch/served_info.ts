import type { NetAddress } from "../../net/address.ts";
import type { RequestContext } from "../handler.ts";
import type { FetchInfo } from "./fetch_handler.ts";

/** The facts about a request, for its handler. */
export class ServedInfo implements FetchInfo {
  readonly remote: NetAddress;
  readonly local: NetAddress;
  readonly isEncrypted: boolean;
  readonly #context: RequestContext;
  #completed: Promise<void> | undefined;

  constructor(context: RequestContext) {
    this.remote = context.remote;
    this.local = context.local;
    this.isEncrypted = context.isEncrypted;
    this.#context = context;
  }

  get completed(): Promise<void> {
    return this.#completed ??= this.#awaitDelivery();
  }

  #awaitDelivery(): Promise<void> {
    const delivered = new Promise<void>((resolve, reject) => {
      this.#context.onDelivered = (error) => error === undefined ? resolve() : reject(error);
    });
    // A handler that only wants to hear of success is not ended by a failure.
    delivered.catch(() => {});
    return delivered;
  }
}
