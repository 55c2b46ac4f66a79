/** A failure of a {@linkcode MetricsClient}; it is one of the two classes below. */
export class ClientError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "ClientError";
}

/** The connection failed: refused, reset, closed, timed out. The next call opens a new one. */
export class ClientSocketError extends ClientError {
  /** The class name, also when minified. */
  override readonly name: string = "ClientSocketError";
}

/** The server refused a command or broke the protocol, or the protocol cannot express the command. */
export class ClientProtocolError extends ClientError {
  /** The class name, also when minified. */
  override readonly name: string = "ClientProtocolError";
}
