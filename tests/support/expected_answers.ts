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

/**
 * What a server must answer whose handler reads all content and then says 200: to each message one answer, an error
 * for the first fault, and nothing behind the answer that ends the connection.
 *
 * @param notes the tokens of all that the client sends
 * @param maxBodyBytes the server's limit of content
 */
export function expectAnswers(notes: readonly TokenNote[], maxBodyBytes: number): DueAnswer[] {
  const due: DueAnswer[] = [];
  let head: Head = { method: "", target: "", version: "1.1", fields: [] };
  for (const { kind, text, fault } of notes) {
    const { method } = head;
    if (kind === "request-line") head = readRequestLine(text);
    else if (kind === "field") head.fields.push(cutInTwo(text, ": "));
    else if (kind === "error") {
      return [...due, { method: methodOfFault(fault?.head) || method, answer: `${fault?.status} close` }];
    } else if (kind === "head-end") {
      const status = refusalOf(head, text, maxBodyBytes);
      if (status !== undefined) return [...due, { method, answer: `${status} close` }];
    } else if (kind === "end") {
      const persistence = isPersistent(head) ? "keep-alive" : "close";
      due.push({ method, answer: `200 ${persistence}` });
      if (persistence === "close") return due;
      head = { method: "", target: "", version: "1.1", fields: [] };
    }
  }
  return due;
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
  const length = /^length (\d+)$/.exec(framing)?.[1];
  return length !== undefined && Number(length) > maxBodyBytes ? 413 : undefined;
}

function isPersistent(head: Head): boolean {
  const options = valuesOf(head, "connection");
  const lists = (option: string): boolean => options.some((value) => listsToken(value, option));
  if (head.method === "CONNECT" || lists("close")) return false;
  return head.version !== "1.0" || lists("keep-alive");
}
