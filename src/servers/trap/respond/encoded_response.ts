import { BufferPool } from "../../../bytes/buffer_pool.ts";
import { joinBytes } from "../../../bytes/join_bytes.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import {
  type Persistence,
  processResponse,
  ResponsePreamble,
} from "../../../http/response/process_response.ts";
import type { HttpResponse } from "../../../http/response/response.ts";
import { ResponseWriter } from "../../../http/response/response_writer.ts";
import { DEFAULT_SETTINGS } from "../../../serving/serve_options.ts";

/** A response as bytes. */
export interface EncodedResponse {
  /** All of it. */
  readonly bytes: Uint8Array;
  /** Whether the connection lives on. */
  readonly persistence: Persistence;
}

/** Makes the bytes of a response that is not streamed, as the server would send them. */
export async function encodeResponse(
  request: HttpRequest,
  response: HttpResponse,
  options: { readonly persistence: Persistence; readonly nowMs: number },
): Promise<EncodedResponse> {
  const pieces: Uint8Array[] = [];
  const sink = {
    transmit(bytes: Uint8Array, sender: { onSent(): void }): void {
      pieces.push(bytes.slice());
      sender.onSent();
    },
  };
  const writer = new ResponseWriter(sink, new BufferPool());
  const preamble = new ResponsePreamble(DEFAULT_SETTINGS.serverName);
  const persistence = await processResponse(writer, request, response, { ...options, preamble });
  await writer.flush();
  return { bytes: joinBytes(pieces), persistence };
}
