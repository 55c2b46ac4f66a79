import type { InterimResponse } from "../../../http/response/interim_response.ts";
import type { HttpHeaders } from "../../../http/headers.ts";

/** The head of a response. */
export interface ResponseHead {
  /** As sent, for example `1.1`. */
  readonly version: string;
  /** Status code, 101 or 200 to 999. */
  readonly status: number;
  /** As sent. */
  readonly reason: string;
  /** The fields. */
  readonly headers: HttpHeaders;
  /** Whether the response consists of its head alone. */
  readonly hasContent: boolean;
  /** Bytes of content, if the head has a length. */
  readonly length: number | undefined;
}

/** Gets the parts of a response. */
export interface ResponseReceiver {
  /** An interim response: a head with a status below 200, but not 101. */
  onInterim?(response: InterimResponse): void;
  /** The head of the final response. */
  onHead(head: ResponseHead): void;
  /** A piece of content: a view of the pushed bytes. */
  onContent(bytes: Uint8Array): void;
}

/** A response that breaks a rule of the protocol. */
export class ResponseFault extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "ResponseFault";
  /** Offset of the fault from the first byte of the response. */
  readonly offset: number;

  /** @param message the rule, as a sentence */
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
