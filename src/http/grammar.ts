// The byte classes of RFC 9110 §5.6 and RFC 9112, one bit each in one table; ABNF beside each class.
// Bytes are compared as numbers: String methods know about Unicode and would let U+212A pass for "k".

/**
 * `tchar`, RFC 9110 §5.6.2: "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|"
 * / "~" / DIGIT / ALPHA
 */
export const TCHAR = 1;
/** Bytes inside a field value, RFC 9110 §5.5: HTAB / SP / VCHAR / obs-text */
export const FIELD_BYTE = 2;
/** Bytes of a request target, RFC 3986: unreserved / sub-delims / gen-delims without "#" "[" "]" / "%" */
export const URI_BYTE = 4;
/**
 * Bytes that browsers leave bare in targets (WHATWG URL, path and query percent-encode sets): [ ] { } | \ ^ `
 */
export const BROWSER_URI_BYTE = 8;
/** `HEXDIG`, RFC 5234, in both cases, as RFC 9112 §7.1 uses it. */
export const HEXDIG = 16;

const CLASSES: readonly (readonly [flag: number, members: RegExp])[] = [
  [TCHAR, /[\w!#$%&'*+.^`|~-]/],
  [FIELD_BYTE, /[\t -~\x80-\xff]/],
  [URI_BYTE, /[\w!$%&'()*+,./:;=?@~-]/],
  [BROWSER_URI_BYTE, /[[\]{}|\\^`]/],
  [HEXDIG, /[\da-f]/i],
];

function classesOf(byte: number): number {
  const character = String.fromCharCode(byte);
  return CLASSES.reduce((flags, [flag, members]) => members.test(character) ? flags | flag : flags, 0);
}

/** The classes of each of the 256 bytes, as a bit set of the flags above. */
export const BYTE_CLASSES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => classesOf(byte));

/** Whether every character of a non-empty text is a byte of one of the classes in `flags`. */
export function consistsOf(text: string, flags: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff || (BYTE_CLASSES[code]! & flags) === 0) return false;
  }
  return text.length > 0;
}

/** Whether a text is a `token` (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  return consistsOf(text, TCHAR);
}

/**
 * Whether a text, bytes seen as latin1, may stand as a field value: no CR, LF, NUL or other control
 * (RFC 9110 §5.5).
 */
export function isFieldValue(text: string): boolean {
  return text === "" || consistsOf(text, FIELD_BYTE);
}

/**
 * @throws {TypeError} when the name is not a token or the value holds CR, LF, NUL or another control
 *   (RFC 9110 §5.5)
 */
export function checkField(name: string, value: string): void {
  if (!isToken(name)) {
    throw new TypeError(`Cannot add a field: name is no token, got ${JSON.stringify(name)}`);
  }
  if (!isFieldValue(value)) {
    throw new TypeError(`Cannot add field "${name}": value has a control byte, got ${JSON.stringify(value)}`);
  }
}

/** Compares two texts, ASCII letters without case and everything else exactly. */
export function equalsIgnoringCase(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) {
    if (foldCase(left.charCodeAt(i)) !== foldCase(right.charCodeAt(i))) return false;
  }
  return true;
}

function foldCase(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
}

/**
 * Removes SP and HTAB at both ends, nothing else: `trim()` would eat NBSP, VT and BOM too (RFC 9110 §5.6.3).
 */
export function trimOws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isOws(text.charCodeAt(start))) start++;
  while (end > start && isOws(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** Whether a byte is SP or HTAB (RFC 9110 §5.6.3). */
export function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/**
 * Splits a comma-separated list, RFC 9110 §5.6.1; empty members are skipped, quoted strings stay whole.
 * Linear in the length, without a regular expression.
 */
export function splitList(value: string): string[] {
  const members: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i <= value.length; i++) {
    const code = i < value.length ? value.charCodeAt(i) : 0x2c;
    if (isQuoted && i < value.length) {
      // A backslash at the very end quotes nothing: the end must still be seen, or the last member would be
      // lost.
      if (code === 0x5c && i + 1 < value.length) i++;
      else if (code === 0x22) isQuoted = false;
      continue;
    }
    if (code === 0x22) isQuoted = true;
    else if (code === 0x2c) {
      const member = trimOws(value.slice(start, i));
      if (member !== "") members.push(member);
      start = i + 1;
    }
  }
  return members;
}
