/** One response as a strict client reads it. */
export interface ReceivedResponse {
  readonly status: number;
  readonly reason: string;
  /** Name in lower case and value of each field, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly content: string;
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5][0-9][0-9]) ([\t\x20-\x7e]*)$/;
const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([\t\x20-\x7e\x80-\xff]*)$/;

/**
 * Reads all responses of a connection that the server has ended (RFC 9112 §6.3).
 *
 * @param text all that was received, as latin1
 * @param methods of the requests, in order: responses to HEAD have no content
 * @throws {Error} for every byte that should not be there
 */
export function parseResponses(text: string, methods: readonly string[]): ReceivedResponse[] {
  const responses: ReceivedResponse[] = [];
  let rest = text;
  for (let finals = 0; rest !== "";) {
    const headEnd = rest.indexOf("\r\n\r\n");
    if (headEnd < 0) throw new Error(`Cannot read the response: no head in ${JSON.stringify(rest)}`);
    const head = parseHead(rest.slice(0, headEnd));
    const [content, after] = cutContent(head, methods[finals] ?? "", rest.slice(headEnd + 4));
    responses.push({ ...head, content });
    if (head.status >= 200) finals++;
    rest = after;
  }
  return responses;
}

/** The value of the only line of a field; undefined if there is none. */
export function fieldOf(response: Pick<ReceivedResponse, "fields">, name: string): string | undefined {
  const values = response.fields.filter(([other]) => other === name);
  if (values.length > 1) throw new Error(`Cannot read ${name}: it occurs ${values.length} times`);
  return values[0]?.[1];
}

type Head = Omit<ReceivedResponse, "content">;

function parseHead(text: string): Head {
  const [first = "", ...lines] = text.split("\r\n");
  const [, status, reason] = STATUS_LINE.exec(first) ?? [];
  if (status === undefined || reason === undefined) throw new Error(`Cannot read the status line: ${first}`);
  const fields = lines.map((line) => {
    const [, name, value] = FIELD_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new Error(`Cannot read a field: ${JSON.stringify(line)}`);
    }
    return [name.toLowerCase(), value] as const;
  });
  return { status: Number(status), reason, fields };
}

function cutContent(head: Head, method: string, rest: string): readonly [content: string, rest: string] {
  const coding = fieldOf(head, "transfer-encoding");
  const length = fieldOf(head, "content-length");
  if (coding !== undefined && length !== undefined) {
    throw new Error("Cannot frame the response: it has both lengths");
  }
  const isBare = method === "HEAD" || head.status < 200 || head.status === 204 || head.status === 304;
  if (isBare) return ["", rest];
  if (coding !== undefined) return cutChunks(rest);
  if (length === undefined) return [rest, ""];
  if (!/^[0-9]+$/.test(length) || rest.length < Number(length)) {
    throw new Error(`Cannot read ${length} bytes of content`);
  }
  return [rest.slice(0, Number(length)), rest.slice(Number(length))];
}

function cutChunks(text: string): readonly [content: string, rest: string] {
  let content = "";
  for (let at = 0;;) {
    const [line, size] = /^([0-9a-f]+)\r\n/.exec(text.slice(at)) ?? [];
    if (line === undefined || size === undefined) {
      throw new Error(`Cannot read a chunk: ${JSON.stringify(text.slice(at))}`);
    }
    const start = at + line.length;
    const end = start + Number.parseInt(size, 16);
    if (text.slice(end, end + 2) !== "\r\n") throw new Error("Cannot read a chunk: no CRLF after it");
    if (end === start) return [content, text.slice(end + 2)];
    content += text.slice(start, end);
    at = end + 2;
  }
}
