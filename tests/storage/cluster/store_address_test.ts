import { assertEquals } from "@std/assert";
import {
  parseStoreAddress,
  showNode,
  type StoreAddress,
} from "../../../src/storage/cluster/store_address.ts";

const PLAIN = { isEncrypted: false, username: undefined, password: undefined };

const ROWS: readonly (readonly [text: string, address: StoreAddress | undefined])[] = [
  ["redis://a:7000", { ...PLAIN, nodes: [{ hostname: "a", port: 7000 }] }],
  ["redis://a", { ...PLAIN, nodes: [{ hostname: "a", port: 6379 }] }],
  ["redis://a:1,b:2/", { ...PLAIN, nodes: [{ hostname: "a", port: 1 }, { hostname: "b", port: 2 }] }],
  ["redis://[::1]:7000,[fe80::2]", {
    ...PLAIN,
    nodes: [{ hostname: "::1", port: 7000 }, { hostname: "fe80::2", port: 6379 }],
  }],
  ["rediss://me:p%40ss@a:1", {
    isEncrypted: true,
    username: "me",
    password: "p@ss",
    nodes: [{ hostname: "a", port: 1 }],
  }],
  ["redis://:secret@a", { ...PLAIN, password: "secret", nodes: [{ hostname: "a", port: 6379 }] }],
  ["redis://", undefined],
  ["redis://a:0", undefined],
  ["redis://a:65536", undefined],
  ["redis://a:1,", undefined],
  ["redis://a:1,b:x", undefined],
  ["redis://a:1/3", undefined],
  ["redis://::1:7000", undefined],
  ["redis://u:%zz@a", undefined],
  ["http://a:1", undefined],
  ["a:1", undefined],
];

for (const [text, address] of ROWS) {
  Deno.test(`parseStoreAddress() ${address === undefined ? "refuses" : "reads"} ${text}`, () => {
    assertEquals(parseStoreAddress(text), address);
  });
}

Deno.test("showNode() puts IPv6 into brackets", () => {
  assertEquals(showNode({ hostname: "::1", port: 7 }), "[::1]:7");
  assertEquals(showNode({ hostname: "a", port: 7 }), "a:7");
});
