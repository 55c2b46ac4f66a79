import { listsToken } from "../../src/http/headers.ts";
import type { TokenNote } from "./tokens.ts";

/** The answer that is due to a message, and the method that it answers. */
export interface DueAnswer {
  /** Method of the request as far as it was understood, "" where it was not. */
  readonly method: string;
  /** Status and Connection: `200 keep-alive`. */
  readonly answer: string;
}

interface Head {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly fields: [name: string, value: string][];
}

/** What a server is like whose answers are expected. */
export interface AnsweringServer {
  /** Its limit of content. */
  readonly maxBodyBytes: number;
  /** How much content it reads that its handler has left; undefined where the handler leaves none. */
  readonly maxDrainBytes?: number;
}

/**
 * What a server must answer whose handler says 200: to each message one answer, an error for the first fault, and
 * nothing behind the answer that ends the connection. A fault in content that nobody reads gets no answer of its own.
 *
 * @param notes the tokens of all that the client sends
 */
export function expectAnswers(notes: readonly TokenNote[], server: AnsweringServer): DueAnswer[] {
  const { maxBodyBytes, maxDrainBytes } = server;
  const due: DueAnswer[] = [];
  let head = EMPTY_HEAD;
  let isAnswered = false;
  for (const { kind, text, fault } of notes) {
    const { method } = head;
    if (kind === "request-line") head = readRequestLine(text);
    else if (kind === "field") head.fields.push(cutInTwo(text, ": "));
    else if (kind === "error") {
      if (isAnswered) return due;
      return [...due, { method: methodOfFault(fault?.head) || method, answer: `${fault?.status} close` }];
    } else if (kind === "head-end") {
      const status = refusalOf(head, text, maxBodyBytes);
      if (status !== undefined) return [...due, { method, answer: `${status} close` }];
      isAnswered = maxDrainBytes !== undefined;
      const isLeft = isAnswered && (isHeldBack(head, text) || lengthOf(text) > maxDrainBytes!);
      if (isAnswered) due.push({ method, answer: answerTo(head, isLeft) });
    } else if (kind === "end") {
      if (!isAnswered) due.push({ method, answer: answerTo(head, false) });
      isAnswered = false;
      head = EMPTY_HEAD;
    }
    if (due.at(-1)?.answer.endsWith("close")) return due;
  }
  return due;
}

const EMPTY_HEAD: Head = { method: "", target: "", version: "1.1", fields: [] };

function answerTo(head: Head, isContentLeft: boolean): string {
  return `200 ${isPersistent(head) && !isContentLeft ? "keep-alive" : "close"}`;
}

/** Whether a client waits to be asked for content, so that it may never come (RFC 9110 §10.1.1). */
function isHeldBack(head: Head, framing: string): boolean {
  const hasContent = framing === "chunked" || lengthOf(framing) > 0;
  return head.version !== "1.0" && hasContent && valuesOf(head, "expect").join(", ").includes("100");
}

function readRequestLine(text: string): Head {
  const [method = "", target = "", version = ""] = text.split(" ");
  return { method, target, version, fields: [] };
}

function methodOfFault(head: string | undefined): string | undefined {
  return head?.split("\n")[0];
}

function cutInTwo(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

function valuesOf(head: Head, wanted: string): string[] {
  return head.fields.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

/** The status of a well-formed head that is refused all the same. */
function refusalOf(head: Head, framing: string, maxBodyBytes: number): number | undefined {
  const expectations = valuesOf(head, "expect").flatMap((value) => value.split(",")).map((value) =>
    value.trim()
  );
  const isMet = expectations.every((member) => member === "" || member.toLowerCase() === "100-continue");
  if (head.version !== "1.0" && !isMet) return 417;
  // The connections of the tests are not secured (RFC 9110 §7.4).
  if (/^https:/i.test(head.target)) return 421;
  return lengthOf(framing) > maxBodyBytes ? 413 : undefined;
}

/** The length that a note of framing tells; 0 where it tells none. */
function lengthOf(framing: string): number {
  return Number(/^length (\d+)$/.exec(framing)?.[1] ?? 0);
}

function isPersistent(head: Head): boolean {
  const options = valuesOf(head, "connection");
  const lists = (option: string): boolean => options.some((value) => listsToken(value, option));
  if (head.method === "CONNECT" || lists("close")) return false;
  return head.version !== "1.0" || lists("keep-alive");
}
