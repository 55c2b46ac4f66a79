import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { type SampleRun, writeRuns } from "../../../../../src/servers/metrics/cluster/reading/sample_run.ts";

function runOf(era: number, ...offsets: number[]): SampleRun {
  const bytes = Buffer.alloc(offsets.length * 12);
  for (const [index, offset] of offsets.entries()) {
    bytes.writeUInt32BE(offset, index * 12);
    bytes.writeDoubleBE(offset / 2, index * 12 + 4);
  }
  return { era, bytes };
}

const KEY = { bytes: new TextEncoder().encode("-a-"), start: 1, end: 2 };
const RUNS = [runOf(-1, 2 ** 32 - 1), runOf(0, 3, 5), runOf(0, 7), runOf(1, 0, 2 ** 32 - 1)];
const ALL = ["-1", "3", "5", "7", String(2 ** 32), String(2 ** 33 - 1)];

function read(from: number, until: number, pieceRows: number): string[] {
  const rows: string[] = [];
  let left = pieceRows;
  const sink = {
    get isFull(): boolean {
      return left === 0;
    },
    addRow: (bytes: Uint8Array, start: number, end: number, _value: number, timestamp: number): void => {
      left--;
      assertEquals(String.fromCharCode(...bytes.slice(start, end)), "a");
      rows.push(String(timestamp));
    },
  };
  for (let next: number | undefined = from; next !== undefined; left = pieceRows) {
    next = writeRuns(RUNS, { key: KEY, span: { from: next, until }, sink });
  }
  return rows;
}

Deno.test("writeRuns() gives the rows of all eras by timestamp, in pieces of any size, within a time span", () => {
  for (const pieceRows of [1, 2, 3, 100]) {
    assertEquals(read(-Infinity, Infinity, pieceRows), ALL);
    assertEquals(read(3, 7, pieceRows), ["3", "5", "7"]);
    assertEquals(read(3.5, 6.5, pieceRows), ["5"]);
    assertEquals(read(8, 2 ** 32 - 1, pieceRows), []);
    assertEquals(read(2 ** 32, 2 ** 32, pieceRows), [String(2 ** 32)]);
  }
});
