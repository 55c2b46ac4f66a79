import { connect } from "node:net";
import { within } from "./deadline.ts";

/** A client that can end its connection by a reset; Deno's own close always sends FIN first. */
export interface ResettingClient {
  /** The client's own port. */
  readonly port: number;
  /** Sends text. */
  send(text: string): Promise<void>;
  /** Sends RST; settles when the socket is gone. */
  reset(): Promise<void>;
}

/** Connects to a port of this machine. */
export async function connectResetting(port: number): Promise<ResettingClient> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await within(new Promise<void>((resolve) => socket.once("connect", () => resolve())), "the connection");
  return {
    port: socket.localPort!,
    send: (text) => new Promise((resolve) => socket.write(text, () => resolve())),
    reset: async () => {
      const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.resetAndDestroy();
      await within(gone, "the reset");
    },
  };
}
