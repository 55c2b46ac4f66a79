// Content that a runtime keeps in its own Response exactly as the handler gave it. Reading it through a
// stream costs 6 µs on Deno 2.9.6 and 20 µs on Node 20; here it costs neither a stream nor a promise.
//
// Runtimes keep it under symbols of their own. Each way is tried on a sample first. A runtime that hides its
// state (Node from 22 on, Bun) or has changed it is asked only through the public members.

/** Takes the content of a response: then it counts as read. Gives undefined if it must be read as a stream. */
export type TakeKept = (response: Response) => string | Uint8Array | undefined;

/** The state of a Response in Deno: known content stands in the place of its stream. */
interface DenoState {
  readonly body: {
    readonly streamOrStatic: { readonly body?: unknown; consumed?: boolean };
  } | null;
}

/** The state of a Response in Node 20. */
interface NodeState {
  readonly body: {
    readonly source: unknown;
    readonly stream: ReadableStream;
  } | null;
}

/** Reads the state; throws if it has another shape. */
type TakeFrom = (state: unknown, response: Response) => string | Uint8Array | undefined;

const WAYS: readonly (readonly [description: string, takeFrom: TakeFrom])[] = [
  ["response", takeFromDeno],
  ["state", takeFromNode],
];
const SAMPLE = "sample";

/** Finds the way to the content that responses of a class keep; undefined if there is none. */
export function findKept(Class: typeof Response): TakeKept | undefined {
  for (const [description, takeFrom] of WAYS) {
    const sample = new Class(SAMPLE, { headers: { "x-sample": SAMPLE } });
    const key = Object.getOwnPropertySymbols(sample).find((symbol) => symbol.description === description);
    if (key === undefined) continue;
    const take: TakeKept = (response) => takeFrom((response as unknown as StateHolder)[key], response);
    if (isRight(take, Class)) return take;
  }
  return undefined;
}

type StateHolder = { readonly [key: symbol]: unknown };

/** Whether content is found if it is there, once, and only then. */
function isRight(take: TakeKept, Class: typeof Response): boolean {
  const text = new Class(SAMPLE);
  const streamed = new Class(new ReadableStream());
  const used = new Class(SAMPLE);
  used.arrayBuffer().catch(() => {});
  try {
    const { headers } = text;
    return headers.has("content-type") && take(text) === SAMPLE && take(text) === undefined &&
      (text.bodyUsed || text.body?.locked === true) && take(streamed) === undefined &&
      take(new Class(null)) === undefined && take(used) === undefined;
  } catch {
    return false;
  }
}

/** The fields must have been asked for: until then, Deno keeps a text somewhere else. */
function takeFromDeno(state: unknown): string | Uint8Array | undefined {
  const kept = (state as DenoState | undefined)?.body?.streamOrStatic;
  if (kept === undefined || kept.consumed !== false || !isContent(kept.body)) return undefined;
  kept.consumed = true;
  return kept.body;
}

function takeFromNode(state: unknown, { bodyUsed }: Response): string | Uint8Array | undefined {
  const body = (state as NodeState | undefined)?.body;
  if (body === undefined || body === null || !isContent(body.source)) return undefined;
  if (bodyUsed || body.stream.locked) return undefined;
  const { source, stream } = body;
  const isText = typeof source === "string";
  // Reading a clone detaches the bytes of both: then only the stream has them. A copy outlives a later read.
  if (!isText && source.length === 0) return undefined;
  stream.getReader();
  return isText ? source : source.slice();
}

function isContent(value: unknown): value is string | Uint8Array {
  return typeof value === "string" || value instanceof Uint8Array;
}
