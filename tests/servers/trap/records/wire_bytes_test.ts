import { createHash } from "node:crypto";
import { assert, assertEquals } from "@std/assert";
import { Tape } from "../../../../src/servers/trap/capture/tape.ts";
import { WireBytes } from "../../../../src/servers/trap/records/wire_bytes.ts";
import { bytesOf, textOf } from "../../../support/latin1.ts";

function hashOf(text: string): string {
  return createHash("sha256").update(bytesOf(text)).digest("hex");
}

function summarize(wire: WireBytes): string {
  return `${textOf(wire.kept)} of ${wire.length}${wire.isCut ? " cut" : ""}`;
}

Deno.test("WireBytes keeps its bytes, with the reads that brought them", () => {
  const wire = new WireBytes(bytesOf("ab"), 1);
  wire.append(bytesOf("cd"), 2);
  wire.append(bytesOf(""), 3);
  wire.append(bytesOf("e"), 2);
  assertEquals([summarize(wire), wire.sha256], ["abcde of 5", hashOf("abcde")]);
  assertEquals(wire.pieces, [{ atMicros: 1, bytes: 2 }, { atMicros: 2, bytes: 3 }]);
  wire.finish();
  assertEquals(wire.kept.buffer.byteLength, 5);
});

Deno.test("WireBytes of many bytes stays in pieces until all of them are looked at", () => {
  const wire = new WireBytes();
  const piece = new Uint8Array(10_000).fill(97);
  for (let i = 0; i < 10; i++) wire.append(piece, i);
  wire.finish();
  assertEquals(wire.beginning(3), piece.subarray(0, 3));
  assertEquals(wire.beginning(25_000).length, 25_000);
  assertEquals(wire.beginning(200_000).length, wire.keptBytes);
  assert([...wire].length > 5);
  assertEquals(wire.kept, new Uint8Array(100_000).fill(97));
  assertEquals([...wire].map(({ length }) => length), [100_000]);
});

Deno.test("WireBytes beyond its limit counts and hashes, whenever the limit is set", () => {
  const early = new WireBytes();
  early.limit(3);
  for (const text of ["ab", "cd", "ef"]) early.append(bytesOf(text), 1);
  assertEquals([summarize(early), early.sha256], ["abc of 6 cut", hashOf("abcdef")]);
  const late = new WireBytes(bytesOf("abcd"));
  late.limit(3);
  assertEquals([summarize(late), late.sha256, late.sha256], ["abc of 4 cut", hashOf("abcd"), hashOf("abcd")]);
  late.append(bytesOf("ef"), 1);
  late.limit(2);
  assertEquals([summarize(late), late.sha256], ["ab of 6 cut", hashOf("abcdef")]);
  assertEquals(
    { isEarlyLimited: early.isLimited, isOtherLimited: new WireBytes(bytesOf("")).isLimited },
    { isEarlyLimited: true, isOtherLimited: false },
  );
});

Deno.test("WireBytes holds no more than 256 pieces of a body that comes byte by byte", () => {
  const wire = new WireBytes();
  for (let i = 0; i < 1_000; i++) wire.append(bytesOf("x"), i);
  assertEquals([wire.pieces.length, wire.length], [256, 1_000]);
  assertEquals(wire.pieces.reduce((sum, { bytes }) => sum + bytes, 0), 1_000);
});

/** Reads texts onto a tape through one buffer that is reused. */
function read(tape: Tape, buffer: Uint8Array, text: string, atMicros: number): void {
  tape.absorb();
  buffer.fill(0x21);
  buffer.set(bytesOf(text));
  tape.record(buffer, text.length, atMicros);
}

Deno.test("Tape hands out each byte once, wherever messages end and reads begin", () => {
  const text = "abcdefghijklmnopqrstuvwxyz";
  for (let readSize = 1; readSize <= 26; readSize++) {
    for (const ends of [[26], [3, 26], [1, 2, 3, 20, 26], [5, 10, 15, 20, 25, 26]]) {
      const tape = new Tape();
      const buffer = new Uint8Array(32);
      const found: string[] = [];
      let next = 0;
      for (let at = 0; at < text.length; at += readSize) {
        read(tape, buffer, text.slice(at, at + readSize), at);
        for (; next < ends.length && ends[next]! <= at + readSize; next++) {
          const wire = tape.take(ends[next]!);
          assertEquals(wire.pieces.reduce((sum, { bytes }) => sum + bytes, 0), wire.length);
          found.push(textOf(wire.kept));
        }
      }
      assertEquals(found, ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end)));
      assertEquals([tape.start, tape.pendingBytes], [26, 0]);
    }
  }
});

Deno.test("Tape gives a taken message the bytes that follow it", () => {
  const tape = new Tape();
  const buffer = new Uint8Array(32);
  read(tape, buffer, "abcdef", 1);
  const message = tape.take(3);
  tape.reopen(message);
  assertEquals(summarize(message), "abcdef of 6");
  read(tape, buffer, "ghi", 2);
  tape.absorb();
  assertEquals({ summary: summarize(message), isPending: tape.pending === message, start: tape.start }, {
    summary: "abcdefghi of 9",
    isPending: true,
    start: 0,
  });
  assertEquals(message.pieces, [{ atMicros: 1, bytes: 6 }, { atMicros: 2, bytes: 3 }]);
});

Deno.test("Tape limits the current message, and not the next one", () => {
  const tape = new Tape();
  const buffer = new Uint8Array(32);
  read(tape, buffer, "abcdef", 1);
  tape.limit(2);
  assertEquals(summarize(tape.take(4)), "ab of 4 cut");
  assertEquals(summarize(tape.takeAll()), "ef of 2");
});
