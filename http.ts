// HTTP/1.1 as bytes and values, for browsers, workers at the edge and everything else: no sockets, no timers, no node: modules.

export { HttpTokenizer } from "./src/http/tokens/tokenizer.ts";
export type { HttpTokenizerOptions } from "./src/http/tokens/tokenizer.ts";
export { HttpTokenStream } from "./src/http/tokens/token_stream.ts";
export type {
  BodyToken,
  EndToken,
  ErrorToken,
  FieldToken,
  HeadEndToken,
  HttpToken,
  RequestLineToken,
  TokenSink,
  TokenSpan,
} from "./src/http/tokens/tokens.ts";
export type { Framing } from "./src/http/tokens/framing.ts";
export type { TargetBytes } from "./src/http/tokens/head.ts";
export type { HttpLimits } from "./src/http/limits.ts";

export { processRequest } from "./src/http/request/process_request.ts";
export { RequestReader } from "./src/http/request/request_reader.ts";
export type { ContentDemand, RequestReaderOptions } from "./src/http/request/request_reader.ts";
export { HttpRequest } from "./src/http/request/request.ts";
export type { HttpVersion, RequestHead, WireHead } from "./src/http/tokens/request_head.ts";
export type { RequestBody } from "./src/http/request/request_body.ts";
export { HttpHeaders } from "./src/http/headers.ts";
export type { FramingFields, HeaderField, WireFields } from "./src/http/headers.ts";
export type { CookiePair } from "./src/http/cookies.ts";
export { HttpError } from "./src/http/errors.ts";
export type { HttpErrorCode, HttpErrorOptions } from "./src/http/errors.ts";

export { processResponse, ResponsePreamble } from "./src/http/response/process_response.ts";
export type { Persistence, ProcessResponseOptions } from "./src/http/response/process_response.ts";
export { ResponseWriter } from "./src/http/response/response_writer.ts";
export type { BytesSender, ResponseSink } from "./src/http/response/response_writer.ts";
export type {
  FramedBody,
  HttpResponse,
  KnownBody,
  ResponseBody,
  WireBody,
} from "./src/http/response/response.ts";
