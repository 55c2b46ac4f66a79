// Entity tags, RFC 9110 §8.8.3: making ours, and comparing those of clients.

import { type FileStamp, textOfStamp } from "../disk/file_stamp.ts";

/**
 * Makes the strong tag of a version of a file.
 *
 * @param version a digest of its content, or its stamp if the content is too large to read for it: a rewrite
 *   in place within the same tick of the clock keeps the tag
 */
export function tagOf(version: string | FileStamp): string {
  return `"${typeof version === "string" ? version : textOfStamp(version)}"`;
}

/**
 * Makes the tag of another form of the same version.
 *
 * @param form letters that distinguish it: a content coding
 */
export function tagOfForm(tag: string, form: string): string {
  return `${tag.slice(0, -1)}-${form}"`;
}

/**
 * Whether a list of tags, the value of If-Match or If-None-Match, names ours. A malformed list names none.
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
