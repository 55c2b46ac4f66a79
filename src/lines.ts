// Lines out of bytes, however these are cut: no sockets, no node: modules.

export { LineDecoder } from "./bytes/line_decoder.ts";
export type { DecodedLine, LineDecoderOptions } from "./bytes/line_decoder.ts";
