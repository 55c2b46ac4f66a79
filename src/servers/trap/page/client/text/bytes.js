// @ts-check
// Bytes and the texts they may be.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const CHUNK = 0x8000;

/**
 * One character a byte, so that places in the text are places in the bytes.
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function latin1Of(bytes) {
  let text = "";
  // String.fromCharCode takes its arguments from the stack, which is not endless.
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return text;
}

/**
 * The bytes of a text that has one character a byte.
 *
 * @param {string} text
 * @returns {Bytes}
 */
export function bytesOfLatin1(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * The text that the bytes are in UTF-8, a byte order mark with it.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {string | undefined} undefined when they are not well-formed
 */
export function utf8Of(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The text of bytes that were seen as latin1 but are UTF-8; the text as it is if they are not.
 *
 * @param {string} latin1
 * @returns {string}
 */
export function readableText(latin1) {
  return /[\u0080-\u00ff]/.test(latin1) ? utf8Of(bytesOfLatin1(latin1)) ?? latin1 : latin1;
}

/**
 * The text of bytes for reading in the charset that a Content-Type names, UTF-8 by default. What is not well-formed
 * becomes U+FFFD.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} contentType
 * @returns {string}
 */
export function textOfContent(bytes, contentType) {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/**
 * Whether the bytes are a text rather than an image, an archive or the like: UTF-8 with hardly a control in it.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {boolean}
 */
export function looksLikeText(bytes) {
  const beginning = bytes.subarray(0, 4096);
  // A character may be cut at the end of the beginning.
  const text = utf8Of(beginning) ?? new TextDecoder().decode(beginning).replace(/\ufffd$/, "");
  // deno-lint-ignore no-control-regex
  return !/[\ufffd\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text);
}
