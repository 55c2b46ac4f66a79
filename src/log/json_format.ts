import { formatAddress } from "../net/address.ts";
import { hostOf } from "../net/address.ts";
import type {
  AccessEntry,
  ChainEntry,
  CommandEntry,
  ErrorEntry,
  LogFormat,
  RequestDetails,
} from "./entry.ts";
import { jsonOfBytes, jsonOfLatin1, jsonOfText } from "./escape.ts";
import { createMicroTimestamps, createTimestamps } from "./timestamp.ts";

/**
 * Makes the format for programs: one JSON object a line.
 *
 * A request has `time, id, level, client, method, url, cookies, status, bytes, durationMs`, then `protocol,
 * host, userAgent, referer, remoteAddr, remotePort, proxiedFor` (null if there is none). In full form it also
 * has `head` and `body`, and `bodyEnd` if the body is not whole. `cookies` is an object; if a name was sent
 * twice it has the first value, like HttpRequest.cookie().
 *
 * An error has `time, level, message`, and those of `id, client, status, method, url, stack` that are known.
 * A record of a chain has `time, level, id, where, message`.
 */
export function createJsonFormat(): LogFormat {
  const timestamp = createTimestamps();
  const microTimestamp = createMicroTimestamps();
  return {
    access(entry: AccessEntry): string {
      const { request } = entry;
      let line = '{"time":"' + timestamp(entry.timeMs) + '","id":' + jsonOfText(entry.id) +
        ',"level":"info","client":"' + formatAddress(entry.client) + '","method":' +
        jsonOfLatin1(entry.method) +
        ',"url":' + jsonOfLatin1(entry.url) + ',"cookies":' + jsonOfCookies(entry) + ',"status":' +
        entry.status +
        ',"bytes":' + entry.bytes + ',"durationMs":' + Math.round(entry.durationMs * 1_000) / 1_000;
      if (entry.details !== undefined) line += jsonOfDetails(entry, entry.details);
      if (request !== undefined) {
        line += ',"head":' + jsonOfLatin1(request.head) + ',"body":' + jsonOfBytes(request.body);
        if (request.bodyEnd !== "whole") line += `,"bodyEnd":"${request.bodyEnd}"`;
      }
      return line + "}\n";
    },
    command(entry: CommandEntry): string {
      return '{"time":"' + timestamp(entry.timeMs) + '","client":"' + formatAddress(entry.client) +
        '","status":' + jsonOfText(entry.status) + ',"command":' + jsonOfLatin1(entry.command) + "}\n";
    },
    error(entry: ErrorEntry): string {
      let line = `{"time":"${timestamp(entry.timeMs)}"`;
      if (entry.id !== undefined) line += `,"id":${jsonOfText(entry.id)}`;
      line += `,"level":"${entry.level}"`;
      if (entry.client !== undefined) line += `,"client":"${formatAddress(entry.client)}"`;
      if (entry.method !== undefined) line += `,"method":${jsonOfLatin1(entry.method)}`;
      if (entry.url !== undefined) line += `,"url":${jsonOfLatin1(entry.url)}`;
      if (entry.status !== undefined) line += `,"status":${entry.status}`;
      line += `,"message":${jsonOfText(entry.message)}`;
      if (entry.stack !== undefined) line += `,"stack":${jsonOfText(entry.stack)}`;
      return line + "}\n";
    },
    chain(entry: ChainEntry): string {
      return '{"time":"' + microTimestamp(entry.timeMicros) + '","level":"' + entry.level + '","id":' +
        jsonOfText(entry.id) + ',"where":' + jsonOfText(entry.where) + ',"message":' +
        jsonOfLatin1(entry.message) + "}\n";
    },
    dropped(timeMs: number, count: number): string {
      return `{"time":"${timestamp(timeMs)}","level":"error",` +
        `"message":"dropped ${count} records: the log could not be written","dropped":${count}}\n`;
    },
  };
}

/**
 * `remoteAddr` and `remotePort` are the other end of the connection, `proxiedFor` is the client of a proxy
 * there.
 */
function jsonOfDetails({ client }: AccessEntry, details: RequestDetails): string {
  const { protocol, host, userAgent, referer, proxy } = details;
  const remote = proxy ?? client;
  return ',"protocol":' + (protocol === "" ? "null" : jsonOfLatin1(protocol)) + ',"host":' +
    jsonOrNull(host) +
    ',"userAgent":' + jsonOrNull(userAgent) + ',"referer":' + jsonOrNull(referer) + ',"remoteAddr":"' +
    hostOf(remote) + '","remotePort":' + (remote.port ?? "null") + ',"proxiedFor":' +
    (proxy === undefined ? "null" : `"${hostOf(client)}"`);
}

function jsonOrNull(text: string | undefined): string {
  return text === undefined ? "null" : jsonOfLatin1(text);
}

function jsonOfCookies(entry: AccessEntry): string {
  const { cookies } = entry;
  if (cookies.length === 0) return "{}";
  const values = new Map<string, string>();
  for (const { name, value } of cookies) {
    if (!values.has(name)) values.set(name, value);
  }
  return `{${
    Array.from(values, ([name, value]) => `${jsonOfLatin1(name)}:${jsonOfLatin1(value)}`).join(",")
  }}`;
}
