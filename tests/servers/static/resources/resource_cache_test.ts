import { assertEquals } from "@std/assert";
import type { FileResource } from "../../../../src/servers/static/resources/file_resource.ts";
import { PreparedRepresentation } from "../../../../src/servers/static/answers/prepared_representation.ts";
import { ResourceCache } from "../../../../src/servers/static/resources/resource_cache.ts";

function newResource(size: number, isInMemory: boolean = true): FileResource {
  const content = { kind: "memory", bytes: new Uint8Array(size) } as const;
  const identity = new PreparedRepresentation(
    { coding: "identity", etag: '"a"', lastModifiedMs: 0, content },
    "text/plain",
    [],
  );
  const representations = [identity];
  return {
    segments: [],
    identity,
    representations,
    codings: [],
    sources: [],
    isInMemory,
    memoryBytes: size,
    place: undefined,
  };
}

function newCache(maxBytes: number, maxEntries: number): ResourceCache {
  return new ResourceCache({ maxBytes, maxEntries, freshMs: 1_000 });
}

Deno.test("ResourceCache gives resources in memory until their time is over", () => {
  const cache = newCache(1e6, 10);
  const resource = newResource(1);
  cache.set("/a", resource, 5_000);
  assertEquals(cache.getFresh("/a", 5_999), resource);
  assertEquals(cache.getFresh("/a", 6_000), undefined);
  assertEquals(cache.getFresh("/a", 4_999), undefined);
  assertEquals(cache.get("/a"), resource);
  cache.set("/b", newResource(1, false), 5_000);
  assertEquals(cache.getFresh("/b", 5_000), undefined);
  assertEquals(cache.getFresh("/c", 5_000), undefined);
});

Deno.test("ResourceCache holds no more entries and bytes than it may", () => {
  const cache = newCache(100_000, 3);
  for (let i = 0; i < 10; i++) cache.set(`/${i}`, newResource(10), 0);
  assertEquals({ size: cache.size, sixth: cache.get("/6"), hasSeventh: cache.get("/7") !== undefined }, {
    size: 3,
    sixth: undefined,
    hasSeventh: true,
  });
  cache.set("/large", newResource(95_000), 0);
  assertEquals({ size: cache.size, isWithinBytes: cache.bytes <= 100_000 }, { size: 2, isWithinBytes: true });
  cache.set("/too_large", newResource(200_000), 0);
  assertEquals(cache.get("/too_large"), undefined);
  for (const key of ["/large", "/9", "/9"]) cache.delete(key);
  assertEquals([cache.size, cache.bytes], [0, 0]);
});

Deno.test("ResourceCache keeps recently requested resources", () => {
  const cache = newCache(1e6, 3);
  for (const key of ["/a", "/b", "/c"]) cache.set(key, newResource(1), 0);
  cache.getFresh("/a", 0);
  cache.set("/d", newResource(1), 0);
  assertEquals({ hasA: cache.get("/a") !== undefined, b: cache.get("/b") }, { hasA: true, b: undefined });
  for (const key of ["/a", "/c", "/d"]) cache.getFresh(key, 0);
  cache.set("/e", newResource(1), 0);
  assertEquals([cache.size, cache.get("/e")], [3, undefined]);
});

Deno.test("ResourceCache counts a replaced resource once", () => {
  const cache = newCache(1e6, 3);
  cache.set("/a", newResource(1_000), 0);
  const { bytes } = cache;
  cache.set("/a", newResource(1_000), 1);
  assertEquals([cache.bytes, cache.size], [bytes, 1]);
});

Deno.test("ResourceCache stays within its limits when paths are forgotten between evictions", () => {
  const cache = newCache(1e6, 3);
  for (let i = 0; i < 100; i++) {
    cache.set(`/${i}`, newResource(1), 0);
    if (i % 5 === 0) cache.delete(`/${i - 1}`);
    if (i % 7 === 0) cache.use(`/${i}`);
    assertEquals(cache.size <= 3, true);
  }
  for (const key of ["/97", "/98", "/99"]) cache.delete(key);
  for (let i = 0; i < 98; i++) cache.delete(`/${i}`);
  assertEquals([cache.size, cache.bytes], [0, 0]);
});
