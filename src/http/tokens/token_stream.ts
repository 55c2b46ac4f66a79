import { HttpTokenizer, type HttpTokenizerOptions } from "./tokenizer.ts";
import type { HttpToken } from "./tokens.ts";

/**
 * {@linkcode HttpTokenizer} as a stream: bytes in, tokens out.
 *
 * A fault arrives as the last token, of kind `error`, and ends the stream. The writable side is then errored,
 * because nothing after a fault is read. Content in the tokens is a view of the bytes written.
 */
export class HttpTokenStream extends TransformStream<Uint8Array, HttpToken> {
  /**
   * Makes a stream for one connection.
   *
   * @param options limits and tolerances of the tokenizer
   */
  constructor(options: HttpTokenizerOptions = {}) {
    const tokenizer = new HttpTokenizer(options);
    const send = (
      tokens: readonly HttpToken[],
      controller: TransformStreamDefaultController<HttpToken>,
    ): void => {
      for (const token of tokens) controller.enqueue(token);
      if (tokens.at(-1)?.kind === "error") controller.terminate();
    };
    super({
      transform: (bytes, controller) => send(tokenizer.push(bytes), controller),
      flush: (controller) => send(tokenizer.end(), controller),
    });
  }
}
