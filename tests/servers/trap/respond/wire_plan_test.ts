import { assertEquals } from "@std/assert";
import type { WireFault } from "../../../../src/servers/trap/rules/response_rule.ts";
import { planWireFault } from "../../../../src/servers/trap/respond/wire_plan.ts";
import { readWireFault } from "../../../../src/servers/trap/rules/wire_fault_script.ts";
import { textOf } from "../../../support/latin1.ts";

const DATE = "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n";
const HEAD = `HTTP/1.1 200 OK\r\n${DATE}Connection: close\r\nX: 1\r\n`;
const LENGTH = `${HEAD}Content-Length: 6\r\n\r\n`;
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

function plan(fault: WireFault, method: string = "GET"): string {
  const content = new TextEncoder().encode("abcdef");
  const steps = planWireFault(fault, { method, status: 200, headers: [["X", "1"]], content, nowMs: 0 });
  return steps.map((step) => {
    switch (step.kind) {
      case "send":
        return textOf(step.bytes);
      case "drip":
        return `<${textOf(step.bytes)}@${step.bytesPerSecond}>`;
      case "silence":
      case "reset":
        return `<${step.kind}>`;
    }
  }).join("");
}

// A step, and the bytes that it sends.
const ROWS: readonly (readonly [wire: Readonly<Record<string, unknown>>, sent: string])[] = [
  [{ kind: "raw", bytes: "as \r\n given" }, "as \r\n given"],
  [{ kind: "raw", bytes: { base64: "AP8=" } }, "\x00\xff"],
  [{ kind: "close_without_answer" }, ""],
  [{ kind: "silence" }, "<silence>"],
  [{ kind: "silence", after: "head" }, `${LENGTH.slice(0, 55)}<silence>`],
  [{ kind: "silence", after: 2 }, `${LENGTH}ab<silence>`],
  [{ kind: "reset" }, "<reset>"],
  [{ kind: "reset", after: 3 }, `${LENGTH}abc<reset>`],
  [{ kind: "reset", after: 3, chunked: true }, `${CHUNKED}3\r\nabc\r\n<reset>`],
  [{ kind: "cut" }, ""],
  [{ kind: "cut", after: "head" }, LENGTH.slice(0, 55)],
  [{ kind: "cut", after: 0 }, LENGTH],
  [{ kind: "cut", after: 2 }, `${LENGTH}ab`],
  [{ kind: "cut", after: 9 }, `${HEAD}Content-Length: 10\r\n\r\nabcdef`],
  [{ kind: "cut", after: 2, chunked: true }, `${CHUNKED}2\r\nab\r\n`],
  [{ kind: "drip", bytesPerSecond: 3 }, `${LENGTH}<abcdef@3>`],
  [{ kind: "drip", after: 2 }, `${LENGTH}ab<cdef@20>`],
  [{ kind: "drip", after: 2, chunked: true }, `${CHUNKED}6\r\nab<cdef\r\n0\r\n\r\n@20>`],
  [{ kind: "wrong_length" }, `${HEAD}Content-Length: 16\r\n\r\nabcdef`],
  [{ kind: "wrong_length", after: 2 }, `${HEAD}Content-Length: 2\r\n\r\nabcdef`],
  [{ kind: "bad_chunk" }, `${CHUNKED}XYZ\r\nabcdef`],
  [{ kind: "bad_chunk", after: 2, bytes: "-1\r\n" }, `${CHUNKED}2\r\nab\r\n-1\r\ncdef`],
  [{ kind: "bad_trailers" }, `${CHUNKED}6\r\nabcdef\r\n0\r\nno trailer at all\r\n\r\n`],
  [
    { kind: "duplicate_headers" },
    `${HEAD}Content-Type: text/html\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\nabcdef`,
  ],
  [{ kind: "slow_head", bytesPerSecond: 5 }, `<${LENGTH}@5>abcdef`],
  [{ kind: "http10" }, `HTTP/1.0 200 OK\r\n${DATE}Connection: close\r\nX: 1\r\n\r\nabcdef`],
];

Deno.test("planWireFault() sends the documented bytes", () => {
  const half = Math.floor(LENGTH.length / 2);
  for (const [wire, sent] of ROWS) {
    const expected = sent.replace(
      LENGTH.slice(0, 55),
      LENGTH.slice(0, "after" in wire && wire["after"] === "head" ? half : 55),
    );
    assertEquals(plan(readWireFault(wire, "$")), expected, JSON.stringify(wire));
  }
});

Deno.test("planWireFault() sends no content to HEAD", () => {
  assertEquals(plan(readWireFault({ kind: "http10" }, "$"), "HEAD").endsWith("\r\n\r\n"), true);
});
