// Turns spans of ASCII bytes into strings. A call of TextDecoder costs 0.1 µs on Deno 2.9.6 however short the
// text, so one call serves many spans, and short texts that recur are remembered.

// Methods, field names, hosts and usual values; longer texts rarely recur.
const MAX_REMEMBERED_BYTES = 24;
const REMEMBERED_TEXTS = 1_024;
const WINDOW_BYTES = 1_024;

// Used for ASCII only: the decoder named latin1 is windows-1252, and slower.
const decoder = new TextDecoder();

// A memo of a pure function: its content changes no result. Bounded, and shared by all connections.
const remembered: string[] = new Array(REMEMBERED_TEXTS).fill("");

/** Texts of spans in one array at a time. */
export class TextWindow {
  #bytes: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  #text = "";

  /**
   * The text of a span of ASCII bytes.
   *
   * All bytes from the first requested span since {@linkcode TextWindow.clear} up to this one must be ASCII.
   */
  ascii(bytes: Uint8Array, start: number, end: number): string {
    return end - start <= MAX_REMEMBERED_BYTES ? remember(bytes, start, end) : this.#cut(bytes, start, end);
  }

  /** Forgets the array: its content changes, or bytes that are not ASCII follow. */
  clear(): void {
    this.#bytes = undefined;
  }

  #cut(bytes: Uint8Array, start: number, end: number): string {
    if (this.#bytes !== bytes || start < this.#start || end > this.#end) this.#open(bytes, start, end);
    return this.#text.substring(start - this.#start, end - this.#start);
  }

  #open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = Math.max(end, start + WINDOW_BYTES);
    this.#text = decoder.decode(bytes.subarray(start, this.#end));
  }
}

function remember(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length === 0) return "";
  // Length and four bytes distinguish the usual texts. Texts that they confuse only replace each other in a
  // slot.
  const middle = bytes[start + (length >> 1)]! * 67 + bytes[start + (length >> 2)]! * 131;
  const slot = (length * 7 + bytes[start]! * 31 + bytes[end - 1]! * 257 + middle) & (REMEMBERED_TEXTS - 1);
  const text = remembered[slot]!;
  return isTextOf(text, bytes, start, end)
    ? text
    : (remembered[slot] = decoder.decode(bytes.subarray(start, end)));
}

function isTextOf(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}
