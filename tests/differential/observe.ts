import { bytesOf, textOf } from "../support/latin1.ts";

/** How a server read the bytes of a connection. */
export interface Observation {
  /** Final responses in order: the class of the status and, after 2xx, the request that was read: `2xx GET /`. */
  readonly responses: readonly string[];
  /** Whether the server ended the connection; else it waits for more. */
  readonly isClosed: boolean;
}

// A server that has been silent for this long waits for more bytes.
const QUIET_MS = 700;

/** Sends bytes (latin1 text) on a connection of its own, and reads until the server ends it or falls silent. */
export async function observe(port: number, sent: string): Promise<Observation> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    const sending = send(conn, bytesOf(sent));
    const { text, isClosed } = await readAll(conn);
    await sending;
    return { responses: splitResponses(text).map(describe), isClosed };
  } finally {
    conn.close();
  }
}

async function send(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  try {
    for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
  } catch {
    // The server wants no more, but its responses are still read.
  }
}

async function readAll(conn: Deno.TcpConn): Promise<{ text: string; isClosed: boolean }> {
  const buffer = new Uint8Array(65_536);
  let text = "";
  for (;;) {
    const count = await readOrQuiet(conn, buffer);
    if (count === "quiet") return { text, isClosed: false };
    if (count === null) return { text, isClosed: true };
    text += textOf(buffer.subarray(0, count));
  }
}

async function readOrQuiet(conn: Deno.TcpConn, buffer: Uint8Array): Promise<number | null | "quiet"> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const quiet = new Promise<"quiet">((resolve) => timer = setTimeout(() => resolve("quiet"), QUIET_MS));
  try {
    // A reset is an end too.
    return await Promise.race([conn.read(buffer).catch(() => null), quiet]);
  } finally {
    clearTimeout(timer);
  }
}

/** Status and content of each response. The reader is lenient, because the test is not about responses. */
function splitResponses(text: string): readonly (readonly [status: string, content: string])[] {
  const parts = text.split(/(?=HTTP\/1\.[01] \d{3})/).filter((part) => part.startsWith("HTTP/"));
  return parts.map((part) => [part.slice(9, 12), part.slice(part.indexOf("\r\n\r\n") + 4)] as const)
    .filter(([status]) => !status.startsWith("1"));
}

function describe([status, content]: readonly [status: string, content: string]): string {
  if (!status.startsWith("2")) return `${status[0]}xx`;
  const asked = /^(?:[0-9a-f]+\r\n)?(\S+) (\S*)/.exec(content);
  if (asked === null) return "2xx";
  // Servers write the same path differently; the request that it names is the same.
  const path = /^(?:https?:\/\/[^/]*)?(\/[a-z]*)$/.exec(asked[2]!)?.[1] ?? "...";
  return `2xx ${asked[1]} ${path}`;
}
