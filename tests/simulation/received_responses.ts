/** One final response as a client has it, perhaps incomplete. */
export interface ReceivedPart {
  readonly status: number;
  /** The value of X-Request; undefined for a response of the server's own. */
  readonly name: string | undefined;
  readonly content: string;
  readonly saysClose: boolean;
  /** Whether head and content are complete. */
  readonly isWhole: boolean;
}

/** All that a client has received. */
export interface Received {
  readonly responses: readonly ReceivedPart[];
  /** The number of `100 Continue`. */
  readonly continues: number;
}

const HEAD = /^HTTP\/1\.1 ([0-9]{3}) [^\r\n]*\r\n((?:[^\r\n:]+: [^\r\n]*\r\n)*)\r\n/;

/**
 * Reads what a client has received so far; the last response may be cut off.
 *
 * @param text latin1
 * @param methods of the requests in order
 * @throws {Error} for bytes that can be part of no response
 */
export function readReceived(text: string, methods: readonly string[]): Received {
  const responses: ReceivedPart[] = [];
  let continues = 0;
  for (let rest = text; rest !== "";) {
    const [head, status, fields = ""] = HEAD.exec(rest) ?? [];
    if (head === undefined || status === undefined) {
      if (rest.includes("\r\n\r\n")) throw new Error(`no response: ${JSON.stringify(rest.slice(0, 60))}`);
      responses.push({ status: 0, name: undefined, content: "", saysClose: false, isWhole: false });
      break;
    }
    rest = rest.slice(head.length);
    if (status === "100") {
      continues++;
      continue;
    }
    const name = valueOf(fields, "X-Request");
    const saysClose = valueOf(fields, "Connection") === "close";
    // If a request was refused before its method was known, its response has content, even if the method was HEAD.
    const isBare = methods[responses.length] === "HEAD" && !(name === undefined && saysClose && rest !== "");
    const [content, isWhole, after] = isBare ? ["", true, rest] as const : cutContent(fields, rest);
    responses.push({ status: Number(status), name, content, saysClose, isWhole });
    rest = after;
  }
  return { responses, continues };
}

function valueOf(fields: string, name: string): string | undefined {
  return new RegExp(`(?:^|\n)${name}: ([^\r\n]*)`).exec(fields)?.[1];
}

type Cut = readonly [content: string, isWhole: boolean, rest: string];

function cutContent(fields: string, rest: string): Cut {
  if (valueOf(fields, "Transfer-Encoding") !== undefined) return cutChunks(rest);
  const length = Number(valueOf(fields, "Content-Length"));
  if (Number.isNaN(length)) throw new Error("a response without framing");
  return [rest.slice(0, length), rest.length >= length, rest.slice(length)];
}

function cutChunks(text: string): Cut {
  let content = "";
  for (let at = 0;;) {
    const [line, digits] = /^([0-9a-f]+)\r\n/.exec(text.slice(at, at + 12)) ?? [];
    if (line === undefined || digits === undefined) {
      if (!/^[0-9a-f]*\r?$/.test(text.slice(at))) throw new Error(`no chunk: ${text.slice(at, at + 20)}`);
      return [content, false, ""];
    }
    const start = at + line.length;
    const end = start + Number.parseInt(digits, 16);
    content += text.slice(start, end);
    if (text.length < end + 2) return [content, false, ""];
    if (text.slice(end, end + 2) !== "\r\n") throw new Error("a chunk without its end");
    at = end + 2;
    if (end === start) return [content, true, text.slice(at)];
  }
}
