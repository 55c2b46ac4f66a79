// Entity tags, RFC 9110 §8.8.3: how ours are made, and how those of clients are compared.

import type { FileStamp } from "./file_stamp.ts";

/**
 * Makes the strong tag of content that is at hand: a digest, so that no change can be missed.
 *
 * @returns 22 letters and digits in quotes
 */
export async function tagOfBytes(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const text = btoa(String.fromCharCode(...digest.subarray(0, 16)));
  return `"${text.slice(0, 22).replaceAll("+", "-").replaceAll("/", "_")}"`;
}

/** Makes the strong tag of a file too large to be read for it. @param coding its content coding, "" for none */
export function tagOfStamp({ size, mtimeMs, ctimeMs, ino }: FileStamp, coding: string): string {
  const parts = [size, mtimeMs, ctimeMs, ino].map((value) => value.toString(36));
  return `"${parts.join("-")}${coding === "" ? "" : `-${coding}`}"`;
}

/**
 * Whether a list of tags, the value of If-Match or If-None-Match, names ours. A list that is no list names none.
 *
 * @param tag a strong tag of ours, with its quotes
 * @param comparison `strong` lets no weak tag pass (RFC 9110 §8.8.3.2)
 */
export function listsTag(list: string, tag: string, comparison: "strong" | "weak"): boolean {
  if (list === "*") return true;
  // A backslash in a tag is an ordinary character, so that the list is not one of quoted strings.
  let isListed = false;
  for (let at = 0; at < list.length;) {
    const code = list.charCodeAt(at);
    if (code === 0x20 || code === 0x09 || code === 0x2c) {
      at++;
      continue;
    }
    const isWeak = list.startsWith("W/", at);
    const start = isWeak ? at + 2 : at;
    const end = list.charCodeAt(start) === 0x22 ? list.indexOf('"', start + 1) : -1;
    if (end < 0 || !isDelimited(list, end + 1)) return false;
    if (comparison === "weak" || !isWeak) isListed ||= list.slice(start, end + 1) === tag;
    at = end + 1;
  }
  return isListed;
}

function isDelimited(list: string, at: number): boolean {
  while (list.charCodeAt(at) === 0x20 || list.charCodeAt(at) === 0x09) at++;
  return at === list.length || list.charCodeAt(at) === 0x2c;
}
