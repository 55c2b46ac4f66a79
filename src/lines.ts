// Lines from bytes, in any split: no sockets, no node: modules.

export { LineDecoder } from "./bytes/line_decoder.ts";
export type { DecodedLine, LineDecoderOptions } from "./bytes/line_decoder.ts";
