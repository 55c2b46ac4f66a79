// Stops a TLSSocket from reading.
//
// A paused TLSSocket of Deno (2.9.6) goes on reading from the system without bound: 400 MB that a client sent while a
// handler waited took 700 MB of memory. It also loses an end of the client that comes in the meantime. Stopping its
// handle of TCP prevents both.

import type { Socket } from "node:net";

interface TcpHandle {
  readStart(): number;
  readStop(): number;
}

/** Stops reading until {@linkcode resumeReading}. */
export function pauseReading(socket: Socket): void {
  socket.pause();
  tcpHandleOf(socket)?.readStop();
}

/** Reads again. */
export function resumeReading(socket: Socket): void {
  socket.resume();
  tcpHandleOf(socket)?.readStart();
}

/** The handle of TCP beneath Deno's TLS; undefined elsewhere, and once the socket is closed. */
function tcpHandleOf(
  socket: Socket & { readonly _handle?: { readonly _parent?: TcpHandle } | null },
): TcpHandle | undefined {
  return "Deno" in globalThis ? socket._handle?._parent : undefined;
}
