import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import {
  addCommands,
  LIST_KEY,
  type ListEntry,
  parseEntry,
  PIECE_BYTES,
} from "../../../../src/servers/trap/cluster/list_entry.ts";
import { StoredRequest } from "../../../../src/servers/trap/records/stored_request.ts";
import { WireBytes } from "../../../../src/servers/trap/records/wire_bytes.ts";
import { parseArchived, unpackRequest } from "../../../../src/servers/trap/store/packed_request.ts";
import { storedRequest } from "../stored_requests.ts";

function requestOf(id: string, bytes: number): StoredRequest {
  return new StoredRequest(storedRequest(id).facts, new WireBytes(new Uint8Array(bytes).fill(7), 1));
}

/** The entries that a server makes of a command. */
function entriesOf([name, , keys, key, lengths, records]: readonly (string | Buffer)[]): ListEntry[] {
  assertEquals([name, keys, key], ["EVAL", "1", LIST_KEY]);
  let at = 0;
  return String(lengths).split(",").map((length) => {
    const record = (records as Buffer).subarray(at, at += Number(length));
    return parseEntry([Buffer.from("r"), record])!;
  });
}

Deno.test("addCommands() joins small requests, and cuts large content into pieces before its request", () => {
  const sizes = [40, 0, PIECE_BYTES, PIECE_BYTES + 1, 40];
  const commands = addCommands("node", sizes.map((size, index) => requestOf(`id${index}`, size)));
  assertEquals(commands.map(([name]) => name), ["EVAL", "SET", "SET", "EVAL", "EVAL"]);
  const entries = commands.filter(([name]) => name === "EVAL").flatMap(entriesOf);
  const pieces = commands.filter(([name]) => name === "SET").map(([, key, bytes]) => [key, bytes!.length]);
  assertEquals(pieces, [["tb:{trap}id3:0", PIECE_BYTES], ["tb:{trap}id3:1", 1]]);
  const added = entries.flatMap((entry) => entry.kind === "added" ? [entry] : []);
  assertEquals(added.map(({ node, id }) => [node, id]), sizes.map((_, index) => ["node", `id${index}`]));
  assertEquals(added.map(({ bytes, pieces }) => [bytes.length, pieces]), [
    [40, 0],
    [0, 0],
    [PIECE_BYTES, 0],
    [0, 2],
    [40, 0],
  ]);
});

Deno.test("parseEntry() reads the entries of earlier releases: facts and bytes in fields of their own", () => {
  const facts = { facts: storedRequest("old").facts, length: 2, sha256: "", pieces: [] };
  const fields = {
    k: "added",
    n: "node",
    i: "old",
    f: JSON.stringify(facts),
    p: "0",
    b: "ab",
  };
  const entry = parseEntry(Object.entries(fields).flat().map((text) => Buffer.from(text)));
  if (entry?.kind !== "added") throw new Error("no request");
  assertEquals(unpackRequest(parseArchived(entry.facts), entry.bytes).id, "old");
});
