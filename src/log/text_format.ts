import { formatAddress } from "../net/address.ts";
import type {
  AccessEntry,
  ChainEntry,
  CommandEntry,
  ErrorEntry,
  LogFormat,
  LoggedRequest,
  RequestDetails,
} from "./entry.ts";
import {
  createLinesEscaper,
  escapeLatin1,
  escapeLatin1Column,
  escapeText,
  escapeTextColumn,
} from "./escape.ts";
import { createMicroTimestamps, createTimestamps } from "./timestamp.ts";

// Every line begins with a time, or with one of these marks before text from the client or the runtime.
const QUOTE = "| ";
const REMARK = "|! ";

// Whole lines of printable ASCII without a backslash: nothing in them is escaped.
const PLAIN_HEAD = /^(?:[\x20-\x5b\x5d-\x7e]*\r\n)+$/;

/**
 * Makes the format for people, `grep` and `awk`: columns separated by one space, `-` for unknown values.
 *
 * ```text
 * 2026-03-01T09:30:00.123Z mmbz5hsr-000 127.0.0.1:51234 200 POST /upload bg_color=green 512 0.8ms
 * | POST /upload HTTP/1.1
 * | Host: example.org
 * |
 * | the body
 * ```
 *
 * The columns of the access log are time, request id, client, status, method, URL, cookies, bytes of the
 * response's content, and duration. With details they are also protocol, Referer, and User-Agent to the end
 * of the line. A command has time, client, status, and the command to the end of the line. In full form the
 * request follows: each of its lines begins with `| `, and each remark of the server about it with `|! `.
 *
 * The columns of the error log are time, level, request id, client, status, method, URL, and the message to
 * the end of the line. A record of a chain has time, level, request id, the chain of calls, a colon, and the
 * message to the end of the line.
 */
export function createTextFormat(): LogFormat {
  const timestamp = createTimestamps();
  const microTimestamp = createMicroTimestamps();
  return {
    access(entry: AccessEntry): string {
      const line = timestamp(entry.timeMs) + " " + entry.id + " " + formatAddress(entry.client) + " " +
        entry.status +
        " " + escapeLatin1Column(entry.method) + " " + escapeLatin1Column(entry.url) + " " +
        cookieColumn(entry) +
        " " + entry.bytes + " " + Math.round(entry.durationMs * 1_000) / 1_000 +
        (entry.details === undefined ? "ms\n" : "ms" + detailColumns(entry.details) + "\n");
      return entry.request === undefined ? line : line + quoteRequest(entry.request);
    },
    command(entry: CommandEntry): string {
      return timestamp(entry.timeMs) + " " + formatAddress(entry.client) + " " + entry.status + " " +
        escapeLatin1(entry.command) + "\n";
    },
    error(entry: ErrorEntry): string {
      const client = entry.client === undefined ? "-" : formatAddress(entry.client);
      const line = timestamp(entry.timeMs) + " " + entry.level + " " + escapeTextColumn(entry.id ?? "") +
        " " +
        client + " " + (entry.status ?? "-") + " " + escapeLatin1Column(entry.method ?? "") + " " +
        escapeLatin1Column(entry.url ?? "") + " " + escapeText(entry.message) + "\n";
      return entry.stack === undefined ? line : line + quoteLines(entry.stack.split("\n"), escapeText);
    },
    chain(entry: ChainEntry): string {
      // Joined in this order, most parts are short texts that cost no rope.
      return microTimestamp(entry.timeMicros) + (" " + entry.level + " ") + entry.id +
        (" " + entry.where + ": ") + (escapeLatin1(entry.message) + "\n");
    },
    dropped(timeMs: number, count: number): string {
      return `${timestamp(timeMs)} dropped ${count} records: the log could not be written\n`;
    },
  };
}

function detailColumns({ protocol, referer, userAgent }: RequestDetails): string {
  return " " + escapeLatin1Column(protocol) + " " + escapeLatin1Column(referer ?? "") + " " +
    (userAgent === undefined ? "-" : escapeLatin1(userAgent));
}

function cookieColumn(entry: AccessEntry): string {
  const { cookies } = entry;
  if (cookies.length === 0) return "-";
  let text = "";
  for (const { name, value } of cookies) text += (text === "" ? "" : ";") + name + "=" + value;
  return escapeLatin1Column(text);
}

function quoteRequest(request: LoggedRequest): string {
  let text = quoteHead(request.head);
  if (request.body.length > 0) text += quoteBody(request.body);
  switch (request.bodyEnd) {
    case "whole":
      return text;
    case "cut":
      return `${text}${REMARK}body cut after ${request.body.length} bytes\n`;
    case "broken":
      return `${text}${REMARK}body broken off after ${request.body.length} bytes\n`;
    case "unread":
      return `${text}${REMARK}body not read\n`;
  }
}

// In a head a line ends with CRLF, so CRLF is not shown, but a lone LF or CR is.
function quoteHead(head: string): string {
  if (head === "") return `${REMARK}head not understood\n`;
  // In one pass for nearly every head: line by line costs half as much again.
  if (PLAIN_HEAD.test(head)) return QUOTE + head.slice(0, -2).replaceAll("\r\n", "\n" + QUOTE) + "\n";
  const lines = head.split("\r\n");
  if (lines.at(-1) === "") lines.pop();
  return quoteLines(lines, escapeLatin1);
}

// In a body a line ends with LF, and CR is shown. A last line feed gives one more, empty line.
function quoteBody(body: Uint8Array): string {
  return QUOTE + escapeQuoted(body) + "\n";
}

const escapeQuoted = createLinesEscaper(QUOTE);

function quoteLines(lines: readonly string[], escape: (line: string) => string): string {
  let text = "";
  for (const line of lines) text += QUOTE + escape(line) + "\n";
  return text;
}
