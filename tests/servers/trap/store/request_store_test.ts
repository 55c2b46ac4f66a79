import { assertEquals } from "@std/assert";
import { RequestStore, type StoreListener } from "../../../../src/servers/trap/store/request_store.ts";
import type { StoredRequest } from "../../../../src/servers/trap/records/stored_request.ts";
import { WireBytes } from "../../../../src/servers/trap/records/wire_bytes.ts";
import { storedRequest } from "../stored_requests.ts";

const SIZE = storedRequest("0").wire.length;
const ALL = (): boolean => true;

function createStore(maxRequests: number, maxBytes: number): { store: RequestStore; told: string[] } {
  const told: string[] = [];
  const store = new RequestStore({ maxRequests, maxBytes });
  const listener: StoreListener = {
    added: ({ id }) => told.push(`+${id}`),
    changed: ({ id }) => told.push(`~${id}`),
    removed: (requests) => told.push(`-${idsOf(requests)}`),
    cleared: () => told.push("-*"),
  };
  store.listen(listener);
  return { store, told };
}

function idsOf(requests: readonly StoredRequest[]): string {
  return requests.map(({ id }) => id).join("");
}

Deno.test("RequestStore keeps a number of requests, and drops the oldest", () => {
  const { store, told } = createStore(2, Infinity);
  for (const id of ["a", "b", "c"]) store.add(storedRequest(id));
  assertEquals([idsOf(store.all(ALL)), store.size, store.bytes], ["bc", 2, 2 * SIZE]);
  assertEquals(told, ["+a", "+b", "+c", "-a"]);
});

Deno.test("RequestStore keeps a number of bytes, and always the newest request, cut if necessary", () => {
  const { store, told } = createStore(10, 3 * SIZE);
  for (const id of ["a", "b", "c"]) store.add(storedRequest(id));
  store.add(storedRequest("d", "x".repeat(SIZE)));
  assertEquals([idsOf(store.all(ALL)), store.bytes], ["cd", 3 * SIZE]);
  store.add(storedRequest("e", "x".repeat(3 * SIZE)));
  assertEquals([idsOf(store.all(ALL)), store.bytes, store.size], ["e", 3 * SIZE, 1]);
  assertEquals(told.slice(-2), ["+e", "-cd"]);
  const [last] = store.all(ALL);
  assertEquals({ isCut: last!.wire.isCut, length: last!.wire.length, fault: last!.fault }, {
    isCut: true,
    length: 4 * SIZE,
    fault: "cut",
  });
  assertEquals(store.evicted, 4);
});

Deno.test("RequestStore sorts by id, and remembers the order in which requests were stored", () => {
  const { store } = createStore(10, Infinity);
  for (const id of ["b", "d", "a", "c"]) store.add(storedRequest(id));
  assertEquals(idsOf(store.all(ALL)), "abcd");
  assertEquals(idsOf(store.newest(ALL, { limit: 3 })), "dcb");
  assertEquals(idsOf(store.newest(ALL, { limit: 3, before: "c" })), "ba");
  assertEquals(idsOf(store.newest(({ id }) => id !== "c", { limit: 2 })), "db");
  assertEquals(idsOf(store.inSequence(ALL, 0)), "bdac");
  assertEquals(idsOf(store.inSequence(ALL, store.sequenceOf("d"))), "ac");
  // If a request no longer exists, the one before it counts.
  assertEquals(store.sequenceOf("bb"), store.sequenceOf("b"));
  assertEquals(store.sequenceOf("0"), 0);
  assertEquals([store.lastId, store.find("c")?.id, store.find("cc")], ["d", "c", undefined]);
});

Deno.test("RequestStore deletes one, and all", () => {
  const { store, told } = createStore(10, Infinity);
  for (const id of ["a", "b", "c"]) store.add(storedRequest(id));
  assertEquals({
    isDeleted: store.delete("b"),
    isDeletedAgain: store.delete("b"),
    ids: idsOf(store.all(ALL)),
  }, { isDeleted: true, isDeletedAgain: false, ids: "ac" });
  assertEquals(store.bytes, 2 * SIZE);
  store.clear();
  assertEquals([store.size, store.bytes, store.lastId], [0, 0, ""]);
  assertEquals(told.slice(3), ["-b", "-*"]);
});

Deno.test("RequestStore counts bytes that are added later, unless the request is gone", () => {
  const { store, told } = createStore(10, 3 * SIZE);
  const [first, second] = [storedRequest("a"), storedRequest("b")];
  store.add(first);
  store.add(second);
  (second.wire as WireBytes).append(new Uint8Array(SIZE), 2);
  store.change(second);
  assertEquals(store.bytes, 3 * SIZE);
  (second.wire as WireBytes).append(new Uint8Array(1), 2);
  store.change(second);
  assertEquals([idsOf(store.all(ALL)), store.bytes], ["b", 2 * SIZE + 1]);
  store.change(first);
  assertEquals(told, ["+a", "+b", "~b", "~b", "-a"]);
});

Deno.test("RequestStore loads requests that were stored before, within its bounds", () => {
  const { store, told } = createStore(2, Infinity);
  const requests = ["a", "b", "c"].map((id, index) => {
    const request = storedRequest(id);
    request.sequence = 10 + index;
    return request;
  });
  store.restore(requests);
  assertEquals([idsOf(store.all(ALL)), told], ["bc", ["-a"]]);
  store.add(storedRequest("d"));
  assertEquals(store.sequenceOf("d"), 13);
});

Deno.test("RequestStore finds its requests after many have been dropped", () => {
  const { store } = createStore(3, Infinity);
  for (let i = 0; i < 5_000; i++) store.add(storedRequest(String(i).padStart(5, "0")));
  assertEquals(store.all(ALL).map(({ id }) => id), ["04997", "04998", "04999"]);
  assertEquals([store.find("04998")?.id, store.find("00001"), store.size], ["04998", undefined, 3]);
});
