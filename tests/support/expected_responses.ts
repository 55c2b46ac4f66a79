import { listsToken } from "../../src/http/headers.ts";
import type { TokenNote } from "./tokens.ts";

/** The response that is due to a message, and the method of the message. */
export interface DueResponse {
  /** Method of the request as far as it was understood, otherwise "". */
  readonly method: string;
  /** Status and Connection: `200 keep-alive`. */
  readonly response: string;
}

interface Head {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly fields: [name: string, value: string][];
}

/** The traits of a server that decide its responses. */
export interface ServerTraits {
  /** Its limit of content. */
  readonly maxBodyBytes: number;
  /** How much unread content it drains after a response; undefined if its handler leaves none unread. */
  readonly maxDrainBytes?: number;
}

/**
 * The responses that are due from a server whose handler responds 200: one to each message, an error for the first
 * fault, and nothing after the response that ends the connection. A fault in unread content gets no response.
 *
 * @param notes the tokens of all that the client sends
 */
export function expectResponses(notes: readonly TokenNote[], server: ServerTraits): DueResponse[] {
  const { maxBodyBytes, maxDrainBytes } = server;
  const due: DueResponse[] = [];
  let head = EMPTY_HEAD;
  let hasResponded = false;
  for (const { kind, text, fault } of notes) {
    const { method } = head;
    if (kind === "request-line") head = readRequestLine(text);
    else if (kind === "field") head.fields.push(cutInTwo(text, ": "));
    else if (kind === "error") {
      if (hasResponded) return due;
      return [...due, { method: methodOfFault(fault?.head) || method, response: `${fault?.status} close` }];
    } else if (kind === "head-end") {
      const status = refusalOf(head, text, maxBodyBytes);
      if (status !== undefined) return [...due, { method, response: `${status} close` }];
      hasResponded = maxDrainBytes !== undefined;
      const isLeft = hasResponded && (isHeldBack(head, text) || lengthOf(text) > maxDrainBytes!);
      if (hasResponded) due.push({ method, response: responseTo(head, isLeft) });
    } else if (kind === "end") {
      if (!hasResponded) due.push({ method, response: responseTo(head, false) });
      hasResponded = false;
      head = EMPTY_HEAD;
    }
    if (due.at(-1)?.response.endsWith("close")) return due;
  }
  return due;
}

const EMPTY_HEAD: Head = { method: "", target: "", version: "1.1", fields: [] };

function responseTo(head: Head, isContentLeft: boolean): string {
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

/** The status of a well-formed head that is still refused. */
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

/** The length in a note of framing; 0 if there is none. */
function lengthOf(framing: string): number {
  return Number(/^length (\d+)$/.exec(framing)?.[1] ?? 0);
}

function isPersistent(head: Head): boolean {
  const options = valuesOf(head, "connection");
  const lists = (option: string): boolean => options.some((value) => listsToken(value, option));
  if (head.method === "CONNECT" || lists("close")) return false;
  return head.version !== "1.0" || lists("keep-alive");
}
