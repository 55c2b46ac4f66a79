import { assertEquals } from "@std/assert";
import { EventClients } from "../../src/backend/event_clients.ts";

function read(stream: AsyncIterable<Uint8Array>): () => Promise<string | undefined> {
  const iterator = stream[Symbol.asyncIterator]();
  return async () => {
    const { done, value } = await iterator.next();
    return done ? undefined : new TextDecoder().decode(value);
  };
}

Deno.test("EventClients sends each event to all, and joins the events that a reader has not taken", async () => {
  const clients = new EventClients();
  const streams = [read(clients.add()), read(clients.add(() => ["first\n\n", "second\n\n"]))];
  clients.send("before anybody reads\n\n");
  assertEquals(clients.size, 0);
  for (const next of streams) assertEquals(await next(), "retry: 500\n\n");
  assertEquals(clients.size, 2);
  clients.send("a\n\n");
  clients.send("b\n\n");
  assertEquals(await streams[0]!(), "a\n\nb\n\n");
  const pending = streams[0]!();
  clients.send("c\n\n");
  assertEquals(await pending, "c\n\n");
  assertEquals([await streams[1]!(), await streams[1]!()], ["first\n\n", "second\n\n"]);
  assertEquals(await streams[1]!(), "a\n\nb\n\nc\n\n");
  clients.close();
  assertEquals([await streams[0]!(), await streams[1]!(), clients.size], [undefined, undefined, 0]);
});

Deno.test("EventClients asks for first events when the stream begins, so that none is missed or doubled", async () => {
  const clients = new EventClients();
  const stored = ["a\n\n"];
  const next = read(clients.add(() => [...stored]));
  stored.push("b\n\n");
  const opening = next();
  clients.send("c\n\n");
  assertEquals(await opening, "retry: 500\n\n");
  assertEquals([await next(), await next(), await next()], ["a\n\n", "b\n\n", "c\n\n"]);
  clients.close();
  assertEquals(await next(), undefined);
});

Deno.test("EventClients ends the stream of a reader that falls too far behind, and no other stream", async () => {
  const clients = new EventClients();
  const slow = read(clients.add());
  const quick = read(clients.add());
  await slow();
  await quick();
  const event = `${"x".repeat(1_048_576)}\n\n`;
  for (let i = 0; i < 9; i++) {
    clients.send(event);
    assertEquals((await quick())?.length, event.length);
  }
  assertEquals(await slow(), undefined);
  assertEquals(clients.size, 1);
  clients.close();
  assertEquals(await quick(), undefined);
});

Deno.test("EventClients takes no more than a thousand readers", async () => {
  const clients = new EventClients();
  const streams = Array.from({ length: 1_001 }, () => read(clients.add()));
  const openings = await Promise.all(streams.map((next) => next()));
  assertEquals([openings.filter((opening) => opening !== undefined).length, clients.size], [1_000, 1_000]);
  clients.close();
  await Promise.all(streams.map((next) => next()));
});
