/** A Graphite request that cannot be served; the message is for the client. */
export class TargetError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "TargetError";
}
