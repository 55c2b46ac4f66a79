// Apache's combined format: `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"`, which every log reader
// knows.

import { hostOf } from "../net/address.ts";
import type { AccessEntry } from "./entry.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const MS_PER_SECOND = 1_000;
// The characters that Apache's ap_escape_logitem() leaves as they are.
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
// Texts are bytes seen as latin1: every character beyond ASCII is a byte.
const UNSAFE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/** Makes the writer of access entries. Each is one line, whatever the client sent. */
export function createCombinedFormat(): (entry: AccessEntry) => string {
  const time = createTimes();
  return ({ client, timeMs, method, url, status, bytes, details }) => {
    const requestLine = method === "" ? "-" : escape(`${method} ${url} ${details?.protocol ?? ""}`.trimEnd());
    return hostOf(client) + " - - [" + time(timeMs) + '] "' + requestLine + '" ' + status + " " +
      (bytes === 0 ? "-" : bytes) + ' "' + escape(details?.referer ?? "-") + '" "' +
      escape(details?.userAgent ?? "-") + '"\n';
  };
}

/** Makes a writer of times, `28/Nov/2026:18:45:30 +0000`, that keeps the text of the last second. */
function createTimes(): (timeMs: number) => string {
  let lastSecond = NaN;
  let text = "";
  return (timeMs) => {
    const second = Math.floor(timeMs / MS_PER_SECOND);
    if (second !== lastSecond) {
      lastSecond = second;
      const iso = new Date(second * MS_PER_SECOND).toISOString();
      text = `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${
        iso.slice(11, 19)
      } +0000`;
    }
    return text;
  };
}

function escape(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '"':
    case "\\":
      return `\\${character}`;
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\t":
      return "\\t";
  }
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
