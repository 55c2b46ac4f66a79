// HTTP/1.1 as bytes and values, for browsers, workers at the edge and everything else: no sockets, no timers,
// no node: modules.

export { HttpTokenizer } from "./http/tokens/tokenizer.ts";
export type { HttpTokenizerOptions } from "./http/tokens/tokenizer.ts";
export { HttpTokenStream } from "./http/tokens/token_stream.ts";
export type {
  BodyToken,
  EndToken,
  ErrorToken,
  FieldToken,
  HeadEndToken,
  HttpToken,
  RequestLineToken,
  TokenSpan,
} from "./http/tokens/tokens.ts";
export type { Framing } from "./http/tokens/framing.ts";
export type { TargetBytes } from "./http/tokens/head/head.ts";
export type { HttpLimits } from "./http/limits.ts";

export { processRequest } from "./http/request/process_request.ts";
export { RequestReader } from "./http/request/request_reader.ts";
export type { RequestReaderOptions } from "./http/request/request_reader.ts";
export type { ContentDemand } from "./http/request/content_source.ts";
export { HttpRequest } from "./http/request/request.ts";
export type { HttpVersion, RequestHead, WireHead } from "./http/tokens/head/request_head.ts";
export type { RequestBody } from "./http/request/request_body.ts";
export { HttpHeaders } from "./http/headers.ts";
export type { FramingFields, HeaderField, WireFields } from "./http/headers.ts";
export type { CookiePair } from "./http/cookies.ts";
export { HttpError } from "./http/errors.ts";
export type { HttpErrorCode, HttpErrorOptions } from "./http/errors.ts";

export { processResponse } from "./http/response/process_response.ts";
export { ResponsePreamble } from "./http/response/response_preamble.ts";
export type { Persistence, ProcessResponseOptions } from "./http/response/response_preamble.ts";
export { ResponseWriter } from "./http/response/response_writer.ts";
export type { BytesSender, ResponseSink } from "./http/response/response_writer.ts";
export type {
  FramedBody,
  HttpResponse,
  KnownBody,
  ResponseBody,
  WireBody,
} from "./http/response/response.ts";
