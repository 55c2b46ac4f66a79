import type { HttpRequest } from "./request.ts";

/**
 * What the reader waits for: the first byte of a request, the rest of its head, or its content; `ahead` for what comes,
 * or that nothing comes any more, while the last request is still being answered.
 */
export type ReadPhase = "request" | "head" | "body" | "ahead";

/** Who is told what became of {@linkcode RequestSource.receive}. */
export interface BytesReceiver {
  /** Bytes have come. @param count how many stand at the start of the buffer; null at the end */
  onReceived(count: number | null): void;
  /** Nothing comes any more. @param error an HttpError 408 when the client is too slow: it becomes the refusal */
  onReceiveFailed(error: unknown): void;
}

/** Where the bytes come from. A Connection is one. */
export interface RequestSource {
  /** Waits for at least one byte; calls back later. */
  receive(buffer: Uint8Array, receiver: BytesReceiver, phase: ReadPhase): void;
  /** Told when what is read ahead becomes what is waited for: the first byte of a request. */
  beginIdle?(): void;
  /** The same for the rest of a head. */
  beginHead?(): void;
  /** Called before content is waited for: sends what the client waits for. */
  flush?(): Promise<void> | undefined;
  /** Sends `100 Continue` before content is read that the client holds back (RFC 9110 §10.1.1). */
  sendContinue?(): Promise<void>;
}

/** Who is told of the next request. Neither function may throw. */
export interface RequestReceiver {
  /** A request has come; null when the client has finished sending. */
  onRequest(request: HttpRequest | null): void;
  /** The connection was lost. */
  onLost(error: unknown): void;
}
