import { listen } from "../../../../src/net/listen.ts";
import { within } from "../../../support/deadline.ts";
import { bytesOf, textOf } from "../../../support/latin1.ts";

/** A server that takes one connection, reads some bytes and sends others. @returns what it has read */
export async function withTarget(
  response: string,
  test: (port: number) => Promise<void>,
): Promise<string> {
  const listener = await listen({ port: 0 });
  const received = (async () => {
    const connection = await listener.accept();
    if (connection === null) return "";
    const buffer = new Uint8Array(65_536);
    const count = await connection.read(buffer);
    await connection.write(bytesOf(response));
    await connection.closeWrite();
    // Until the client has read it.
    while (await connection.read(buffer.subarray(count ?? 0)).catch(() => null) !== null);
    connection.close();
    return textOf(buffer.subarray(0, count ?? 0));
  })();
  try {
    await test(listener.address.port);
  } finally {
    listener.close();
  }
  return await within(received, "the end of the target's connection");
}
