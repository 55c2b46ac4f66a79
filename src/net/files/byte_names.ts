// Names of files that are not UTF-8, as text: each byte of such a name above 0x7F is the lone surrogate U+DC00 + byte
// (the "surrogateescape" of PEP 383), so that paths stay texts until the file system is called.

import { Buffer } from "node:buffer";
import { sep } from "node:path";

/** Whether files can be named by any bytes here. Deno 2.9.6 damages such names; Windows has none. */
export const HAS_BYTE_NAMES: boolean = sep === "/" && !("Deno" in globalThis);

const SURROGATES = 0xdc00;
// deno-lint-ignore no-control-regex
const ONLY_ASCII = /^[\x00-\x7f]*$/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text that stands for a name. */
export function nameOfBytes(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    const codes = Array.from(bytes, (byte) => byte < 0x80 ? byte : SURROGATES + byte);
    return String.fromCharCode(...codes);
  }
}

/** The name or path that the file system gives in latin1, which has a letter for each byte. */
export function pathOfLatin1(text: string): string {
  if (ONLY_ASCII.test(text)) return text;
  return text.split("/").map((name) => nameOfBytes(Buffer.from(name, "latin1"))).join("/");
}

/** The bytes of a name or path. */
export function bytesOfName(name: string): Buffer {
  const parts = Array.from(name, (character) => {
    const byte = character.codePointAt(0)! - SURROGATES;
    return byte >= 0x80 && byte <= 0xff ? Buffer.of(byte) : Buffer.from(character);
  });
  return Buffer.concat(parts);
}

/** A path as the file system takes it: as it is, or in bytes if it has names that are not UTF-8. */
export function systemPath(path: string): string | Buffer {
  return path.isWellFormed() ? path : bytesOfName(path);
}
