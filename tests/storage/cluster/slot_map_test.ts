import { assertEquals } from "@std/assert";
import { parseClusterNodes, SlotMap } from "../../../src/storage/cluster/slot_map.ts";

const A = { hostname: "10.0.0.1", port: 7000 };
const B = { hostname: "10.0.0.2", port: 7000 };

Deno.test("parseClusterNodes() reads members, their claims and migrating slots (CLUSTER NODES)", () => {
  const text = [
    "a1 10.0.0.1:7000@17000 myself,master - 0 0 3 connected 0-5460 8000 [93->-b2] [77-<-b2]",
    "b2 10.0.0.2:7000@17000,b.example master - 0 0 5 connected 5461-7999",
    "c3 :7000@17000 slave a1 0 0 3 connected",
    "d4 10.0.0.4:7000@17000 master,fail - 0 0 4 disconnected 8001-9000",
    "e5 10.0.0.5:7000@17000 master,fail? - 0 0 6 connected 9001-9002",
    "f6 :0@0 slave,noaddr - 0 0 1 disconnected",
    "g7 ::1:7001@17001,? slave a1 0 0 3 connected",
    "",
  ].join("\n");
  assertEquals(parseClusterNodes(text, { hostname: "asked", port: 1 }).members, [
    { node: A, epoch: 3, slots: [[0, 5460], [8000, 8000]] },
    { node: { hostname: "b.example", port: 7000 }, epoch: 5, slots: [[5461, 7999]] },
    { node: { hostname: "asked", port: 7000 }, epoch: 3, slots: [] },
    { node: { hostname: "10.0.0.5", port: 7000 }, epoch: 6, slots: [[9001, 9002]] },
    { node: { hostname: "::1", port: 7001 }, epoch: 3, slots: [] },
  ]);
});

Deno.test("SlotMap believes the newest claim, in any order", () => {
  const old = { members: [{ node: A, epoch: 1, slots: [[0, 16_383]] as const }] };
  const fresh = {
    members: [{ node: A, epoch: 1, slots: [[0, 99]] as const }, {
      node: B,
      epoch: 2,
      slots: [[100, 16_383]] as const,
    }],
  };
  for (const views of [[old, fresh], [fresh, old]]) {
    const map = new SlotMap([A]);
    assertEquals({ isComplete: map.isComplete, ownerOf0: map.ownerOf(0) }, {
      isComplete: false,
      ownerOf0: undefined,
    });
    map.learn(views);
    assertEquals({ isComplete: map.isComplete, ownerOf99: map.ownerOf(99), ownerOf100: map.ownerOf(100) }, {
      isComplete: true,
      ownerOf99: A,
      ownerOf100: B,
    });
    assertEquals(map.primaries, [A, B]);
  }
});

Deno.test("SlotMap has no owner for slots that no server claims any longer, and learns from a redirection", () => {
  const map = new SlotMap([A]);
  map.learn([{ members: [{ node: A, epoch: 1, slots: [[0, 16_383]] }] }]);
  map.learn([{ members: [{ node: A, epoch: 2, slots: [[0, 1]] }] }]);
  assertEquals({ isComplete: map.isComplete, ownerOf1: map.ownerOf(1), ownerOf2: map.ownerOf(2) }, {
    isComplete: false,
    ownerOf1: A,
    ownerOf2: undefined,
  });
  map.move(2, B);
  assertEquals(map.ownerOf(2), B);
  map.learn([]);
  assertEquals(map.ownerOf(2), B);
});
