/** A request of Graphite's that cannot be answered; the message is for the client. */
export class TargetError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "TargetError";
}
