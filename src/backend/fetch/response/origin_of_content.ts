// The content of a response is known to the runtime (text, bytes, Blob, FormData), or a stream of the
// handler's own. Only the second kind has an unknown length, but both have a `body` that is a stream.

import { findSymbol, hiddenStateOf } from "./hidden_state.ts";

/** Content that the runtime knows, as far as it tells. */
export interface KnownContent {
  /** Size in bytes; undefined on a runtime that does not tell it. */
  readonly length: number | undefined;
}

/**
 * Looks at the content of a response whose stream has a reader, and has not been read.
 *
 * @returns undefined for a stream of the handler's own
 */
export type FindKnown = (response: Response) => KnownContent | undefined;

/** The state of a Response in Deno and Node 20, under a symbol. */
interface ResponseState {
  readonly body?: { readonly source?: unknown; readonly length?: unknown };
}

/** The state of a stream in Node, under a symbol. */
interface StreamState {
  readonly controller?: unknown;
}

const UNKNOWN_LENGTH: KnownContent = { length: undefined };
const WAYS: readonly ((Class: typeof Response) => FindKnown)[] = [bySource, byController, byUse];

/**
 * Finds the way to tell, which is tried on samples first. All content counts as known if no way works.
 *
 * On Node from 22 on, a byte stream of the handler's own looks like known content; on Bun 1.4.5, a stream
 * that the runtime made of a Blob, a file or another response does, and empty content looks like a stream.
 */
export function chooseFindKnown(Class: typeof Response): FindKnown {
  for (const way of WAYS) {
    const findKnown = way(Class);
    const isKnown = (body: BodyInit): boolean => {
      const sample = new Class(body);
      sample.body!.getReader();
      return findKnown(sample) !== undefined;
    };
    if (!isKnown(new ReadableStream()) && isKnown("text") && isKnown(new Blob(["text"]))) return findKnown;
  }
  return () => UNKNOWN_LENGTH;
}

/** Deno and Node 20 keep the source of known content. */
function bySource(Class: typeof Response): FindKnown {
  const keys = Object.getOwnPropertySymbols(new Class());
  return (response) => {
    for (const key of keys) {
      const body = (hiddenStateOf(response)[key] as ResponseState | undefined)?.body;
      if (body?.source === undefined || body.source === null) continue;
      return { length: typeof body.length === "number" ? body.length : undefined };
    }
    return undefined;
  };
}

/** On Node, the streams of known content are byte streams. */
function byController(): FindKnown {
  const key = findSymbol(new ReadableStream(), "kState") ?? Symbol();
  return ({ body }) => {
    const state = hiddenStateOf(body!)[key] as StreamState | undefined;
    return state?.controller instanceof ReadableByteStreamController ? UNKNOWN_LENGTH : undefined;
  };
}

/** On Bun, known content counts as used as soon as its stream has a reader. */
function byUse(): FindKnown {
  return ({ bodyUsed }) => bodyUsed ? UNKNOWN_LENGTH : undefined;
}
