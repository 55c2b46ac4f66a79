import { BufferPool } from "../../../bytes/buffer_pool.ts";
import { joinBytes } from "../../../bytes/join_bytes.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { processResponse } from "../../../http/response/process_response.ts";
import type { HttpResponse } from "../../../http/response/response.ts";
import type { Persistence, ProcessResponseOptions } from "../../../http/response/response_preamble.ts";
import { ResponseWriter } from "../../../http/response/response_writer.ts";

/** A response as bytes. */
export interface EncodedResponse {
  /** All its bytes. */
  readonly bytes: Uint8Array;
  /** Whether the connection stays open. */
  readonly persistence: Persistence;
}

/** Encodes a response that is not streamed, like the server. */
export async function encodeResponse(
  request: HttpRequest,
  response: HttpResponse,
  options: ProcessResponseOptions,
): Promise<EncodedResponse> {
  const pieces: Uint8Array[] = [];
  const sink = {
    transmit(bytes: Uint8Array, sender: { onSent(): void }): void {
      pieces.push(bytes.slice());
      sender.onSent();
    },
  };
  const writer = new ResponseWriter(sink, new BufferPool());
  const persistence = await processResponse(writer, request, response, options);
  await writer.flush();
  return { bytes: joinBytes(pieces), persistence };
}
