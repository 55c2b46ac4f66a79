// Hides secrets from the log. The kept bytes of a request are never masked.

import type { HttpHeaders } from "../../../http/headers.ts";
import { decodeLatin1 } from "../../../bytes/latin1.ts";
import type { AccessEntry } from "../../../log/entry.ts";
import { readChunkData } from "../records/message_parts.ts";
import { decodeParameter } from "../records/parameters.ts";

/** The text in the log in place of a secret. */
const MASK = "***";
// Replaces each character of a secret while offsets count; no byte seen as latin1 is this character.
const VEIL = "\uffff";

/** Offsets of the parts of a request in its bytes. */
export interface RequestShape {
  /** Bytes of the head with its empty line, and of empty lines before it. */
  readonly headBytes: number;
  /** Whether the content is chunked. */
  readonly isChunked: boolean;
  /** The fields of the head. */
  readonly headers: HttpHeaders;
}

/** The parts of a request that an error may quote. */
export interface QuotedHead {
  /** The target as sent; "" if it was not understood. */
  readonly target: string;
  /** The fields of the head, as far as they were understood. */
  readonly headers: HttpHeaders;
}

/** Hides secrets from the log: the values of header fields and of parameters with certain names. */
export interface LogMasks {
  /** A request target with its secret parameters masked. */
  readonly target: (target: string) => string;
  /**
   * A request as it came, or its beginning, as latin1. Secret fields of its head and of its trailer section
   * are masked, and so are secret parameters of its target and of its content if it is a form.
   */
  readonly request: (bytes: Uint8Array, shape: RequestShape) => string;
  /** The content of a request, or its beginning, as latin1, masked as in {@linkcode LogMasks.request}. */
  readonly content: (bytes: Uint8Array, shape: RequestShape) => string;
  /** The value of a field. */
  readonly field: (name: string, value: string) => string;
  /**
   * The message of an error. Errors quote the target and fields in JSON; secrets in these quotes are masked.
   */
  readonly message: (message: string, head: QuotedHead) => string;
  /**
   * An entry of the access log, with secret parameters masked, and with cookies masked if they are secret.
   */
  readonly access: (entry: AccessEntry) => AccessEntry;
}

/** Masks nothing. */
const NO_MASKS: LogMasks = {
  target: (target) => target,
  request: decodeLatin1,
  content: (bytes, { headBytes }) => decodeLatin1(bytes.subarray(headBytes)),
  field: (_name, value) => value,
  message: (message) => message,
  access: (entry) => entry,
};

/** Makes the masks for some names of header fields and parameters, in upper or lower case. */
export function createLogMasks(names: readonly string[]): LogMasks {
  if (names.length === 0) return NO_MASKS;
  const secrets = new Set(names.map((name) => name.toLowerCase()));
  const isSecret = (name: string): boolean => secrets.has(name.toLowerCase());
  const target = (text: string): string => {
    const mark = text.indexOf("?") + 1;
    return mark === 0 ? text : text.slice(0, mark) + maskParameters(text.slice(mark), isSecret, () => MASK);
  };
  return {
    target,
    request(bytes, shape) {
      const { headBytes } = shape;
      const head = decodeLatin1(bytes.subarray(0, headBytes));
      return maskLines(head, { isSecret, target }) + maskContent(bytes, shape, { isSecret, target });
    },
    content: (bytes, shape) => maskContent(bytes, shape, { isSecret, target }),
    field: (name, value) => isSecret(name) ? MASK : value,
    message: (message, head) => maskQuotes(message, head, { isSecret, target }),
    access(entry) {
      const { url, cookies } = entry;
      const hidden = isSecret("cookie") ? cookies.map(({ name }) => ({ name, value: MASK })) : cookies;
      return { ...entry, url: target(url), cookies: hidden };
    },
  };
}

interface MaskTools {
  readonly isSecret: (name: string) => boolean;
  readonly target: (target: string) => string;
}

function maskContent(
  bytes: Uint8Array,
  { headBytes, isChunked, headers }: RequestShape,
  tools: MaskTools,
): string {
  const text = decodeLatin1(bytes);
  const isFormContent = isForm(headers);
  const veil = (content: string): string =>
    isFormContent ? maskParameters(content, tools.isSecret, (value) => VEIL.repeat(value.length)) : content;
  if (!isChunked) return unveil(veil(text.slice(headBytes)));
  const { pieces, isWhole } = readChunkData(bytes);
  // A parameter may go on in the next chunk.
  const veiled = veil(pieces.map(({ start, end }) => text.slice(start, end)).join(""));
  let [masked, at, veiledAt] = ["", headBytes, 0];
  for (const { start, end } of pieces) {
    masked += text.slice(at, start) + unveil(veiled.slice(veiledAt, veiledAt += end - start));
    at = end;
  }
  const rest = text.slice(at);
  // The supposed framing may be parameters, if a client has not cut its form into chunks.
  const isUnclear = isFormContent && !isWhole && rest !== "";
  return masked + (isUnclear ? MASK : maskLines(rest, tools));
}

/** @param cover gives the replacement of a secret value */
function maskParameters(
  query: string,
  isSecret: (name: string) => boolean,
  cover: (value: string) => string,
): string {
  return query.split("&").map((part) => {
    const [name, value] = cutAtEquals(part);
    return value !== undefined && isSecret(decodeParameter(name)) ? `${name}=${cover(value)}` : part;
  }).join("&");
}

function cutAtEquals(part: string): [name: string, value: string | undefined] {
  const equals = part.indexOf("=");
  return equals < 0 ? [part, undefined] : [part.slice(0, equals), part.slice(equals + 1)];
}

function unveil(text: string): string {
  return text.replaceAll(/\uffff+/g, MASK);
}

/** Masks lines of a head or a trailer section, malformed ones too: lines after a fault are shown as well. */
function maskLines(text: string, { isSecret, target }: MaskTools): string {
  return text
    // With its continuation lines (obs-fold, RFC 9112 §5.2).
    .replaceAll(
      /^([ \t]*)([^\s:]+)([ \t]*:).*(?:(?:\r\n?|\n)[ \t].*)*/gm,
      (field, space, name, colon) => isSecret(name) ? `${space}${name}${colon} ${MASK}` : field,
    )
    .replaceAll(
      /^([^\s:]+ )(.*)( HTTP\/\d\.\d)$/gm,
      (_, method, middle, version) => method + target(middle) + version,
    );
}

function maskQuotes(message: string, head: QuotedHead, { isSecret, target }: MaskTools): string {
  const quotes = new Map([[JSON.stringify(head.target), JSON.stringify(target(head.target))]]);
  for (const [name] of head.headers) {
    if (!isSecret(name)) continue;
    // Lines of one name count as one list (RFC 9110 §5.3), and are quoted as one.
    quotes.set(JSON.stringify(head.headers.getAll(name).join(", ")), JSON.stringify(MASK));
  }
  let masked = message;
  for (const [quote, mask] of quotes) masked = masked.replaceAll(quote, () => mask);
  return masked;
}

function isForm(headers: HttpHeaders): boolean {
  return headers.getAll("content-type").some((type) =>
    /^application\/x-www-form-urlencoded[ \t]*(;|$)/i.test(type)
  );
}
