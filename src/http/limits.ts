/**
 * Limits of the cost of one message, with the defaults of {@linkcode DEFAULT_LIMITS}. All sizes are bytes on
 * the wire.
 */
export interface HttpLimits {
  /** Request line with its CRLF; beyond it 414. */
  readonly maxRequestLineBytes: number;
  /** Request line, fields and the empty line together; beyond it 431. */
  readonly maxHeadBytes: number;
  /** One field line with its CRLF; beyond it 431. */
  readonly maxFieldBytes: number;
  /** Field lines of a head; beyond it 431. */
  readonly maxFields: number;
  /** Empty lines skipped in front of the first request line of a connection; one more is refused with 400. */
  readonly maxFirstEmptyLines: number;
  /** Empty lines skipped in front of every other request line; one more is refused with 400. */
  readonly maxEmptyLines: number;
  /** Content of a request; beyond it 413. `Infinity` for handlers that stream. */
  readonly maxBodyBytes: number;
  /** One chunk-size line with its extensions, without CRLF; beyond it 400. */
  readonly maxChunkLineBytes: number;
  /** Chunk extensions of one body together; beyond it 400. */
  readonly maxChunkExtensionBytes: number;
  /** The trailer section of one body; beyond it 431. */
  readonly maxTrailerBytes: number;
  /** Field lines of a trailer section; beyond it 431. */
  readonly maxTrailers: number;
}

/** The limits used if an option is not given. */
export const DEFAULT_LIMITS: HttpLimits = {
  // nginx allows 8 KiB; RFC 9112 §3 asks for at least 8,000 octets.
  maxRequestLineBytes: 8_192,
  // The default of Node's --max-http-header-size.
  maxHeadBytes: 16_384,
  maxFieldBytes: 16_384,
  // hyper's default.
  maxFields: 100,
  // RFC 9112 §2.2 asks for at least one.
  maxFirstEmptyLines: 4,
  maxEmptyLines: 4,
  // nginx client_max_body_size.
  maxBodyBytes: 1_048_576,
  // A size takes 16 digits at most; no known client sends more than a short extension.
  maxChunkLineBytes: 256,
  // As many as sixteen chunks with the longest line.
  maxChunkExtensionBytes: 4_096,
  // Half of a head: trailers are checksums and signatures.
  maxTrailerBytes: 8_192,
  maxTrailers: 32,
};
