// One command to a server of Redis. A process of redis-cli for each would take most of the time of the tests.

// Long enough for a busy machine: a primary whose message comes late must not pass for a replica.
const ASK_MS = 5_000;

/**
 * Sends a command to a server on this machine.
 *
 * @returns its reply, also if that is a refusal: the elements of an array in lines; what is wrong if there is no reply
 */
export async function askRedis(port: number, words: readonly string[]): Promise<string> {
  let connection: Deno.Conn | undefined;
  // A stopped server accepts the connection and does not reply.
  const timer = setTimeout(() => connection?.close(), ASK_MS);
  try {
    connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(encodeCommand(words));
    return await readReply(connection);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    try {
      connection?.close();
    } catch {
      // The timer has closed it.
    }
  }
}

function encodeCommand(words: readonly string[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = words.map((word) => `$${encoder.encode(word).length}\r\n${word}\r\n`);
  return encoder.encode(`*${words.length}\r\n${parts.join("")}`);
}

async function readReply(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(65_536);
  // Latin-1, so that lengths are those of the bytes.
  const decoder = new TextDecoder("latin1");
  for (let received = "";;) {
    const count = await connection.read(buffer);
    if (count === null) return "the connection is closed";
    received += decoder.decode(buffer.subarray(0, count));
    const reply = parseReply(received, 0);
    if (reply !== undefined) return reply.text.trimEnd();
  }
}

interface Reply {
  readonly text: string;
  /** Offset after the reply. */
  readonly end: number;
}

/** The reply that begins at an offset (RESP2); undefined while a part is missing. */
function parseReply(received: string, start: number): Reply | undefined {
  const lineEnd = received.indexOf("\r\n", start);
  if (lineEnd < 0) return undefined;
  const line = received.slice(start + 1, lineEnd);
  const next = lineEnd + 2;
  if (received[start] === "*") return parseArray(received, { start: next, count: Number(line) });
  if (received[start] !== "$" || line === "-1") return { text: line, end: next };
  const end = next + Number(line) + 2;
  return received.length < end ? undefined : { text: received.slice(next, end - 2), end };
}

function parseArray(
  received: string,
  { start, count }: { readonly start: number; readonly count: number },
): Reply | undefined {
  const texts: string[] = [];
  let end = start;
  while (texts.length < count) {
    const item = parseReply(received, end);
    if (item === undefined) return undefined;
    texts.push(item.text);
    end = item.end;
  }
  return { text: texts.join("\n"), end };
}
