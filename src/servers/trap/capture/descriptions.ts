// The texts in the log and in the chain of a request.

import { HttpError } from "../../../http/errors.ts";
import { DEFAULT_LIMITS } from "../../../http/limits.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { type Capture, type Outcome, remoteTextOf } from "./capture.ts";
import type { RequestEnd } from "../records/request_record.ts";
import type { LogMasks } from "./log_masks.ts";

// The preface of HTTP/2 looks like a request but describes none (RFC 9113 §3.4).
const HTTP2_PREFACE = { method: "PRI", target: "*", version: "2.0" };

/** Describes the arrival of a request, for the first record of a chain. */
export function describeArrival({ request, context, connection }: Capture, masks: LogMasks): string {
  const from = `from ${remoteTextOf(context, connection)}`;
  if (isHttp2Preface(request)) return `received ${from}: the preface of HTTP/2, which is not spoken here`;
  if (request.method === "") return `received ${from}: no request line that could be read`;
  if (request.target === "") return `received ${request.method} ${from}: no target that could be read`;
  const target = masks.target(request.target);
  const mark = target.indexOf("?");
  const parameters = mark < 0 ? "no parameters" : `parameters ${target.slice(mark + 1).replaceAll("&", " ")}`;
  return `received ${request.method} ${target} ${from}, ${parameters}`;
}

function isHttp2Preface({ method, target, refusal }: HttpRequest): boolean {
  return method === HTTP2_PREFACE.method && target === HTTP2_PREFACE.target &&
    refusal?.code === "bad-version";
}

/** Names the parts that a strict server would refuse. @param headBytes 0 if the head is not complete */
export function markStrictLimits(
  { method, target, headers }: HttpRequest,
  headBytes: number,
): readonly string[] {
  const { maxFields, maxHeadBytes, maxRequestLineBytes } = DEFAULT_LIMITS;
  // Cheap for all other requests: two numbers decide.
  if (headBytes <= maxRequestLineBytes && headers.size <= maxFields) return [];
  const marks: string[] = [];
  const lineBytes = method.length + target.length + " HTTP/1.1\r\n".length + 1;
  if (lineBytes > maxRequestLineBytes) {
    marks.push(`request line of ${lineBytes} bytes: a strict server takes ${maxRequestLineBytes} (414)`);
  }
  if (headBytes > maxHeadBytes) {
    marks.push(`head of ${headBytes} bytes: a strict server takes ${maxHeadBytes} (431)`);
  }
  if (headers.size > maxFields) {
    marks.push(`${headers.size} fields: a strict server takes ${maxFields} (431)`);
  }
  return marks;
}

/** The end of a request, and its response. */
export interface Ending {
  /** The status of the response. */
  readonly status: number;
  /** How reading the request ended. */
  readonly outcome: Outcome;
  /** The source of the response: a rule or a server; "" for the trap itself. */
  readonly by: string;
}

/** Adds the last record to the chain of a request: its end, and in the log a description of the request. */
export function addEnding(
  { request, chain, trap, startMicros }: Capture,
  { status, outcome, by }: Ending,
  masks: LogMasks,
): void {
  const content = describeContent(request, masks);
  const time = formatMs(chain.beginStep() - startMicros);
  trap.info(
    describeVerdict(status, outcome.end, chain.records.errorCount),
    `; ${content} in ${time}${describeAgent(request, masks)}${by === "" ? "" : `, by ${by}`}`,
  );
}

// A memo of a pure function, bounded by the statuses: nearly all of 10,000 kept requests share a few texts.
const okVerdicts = new Map<number, string>();

function describeVerdict(status: number, end: RequestEnd, errors: number): string {
  const known = end === "complete" && errors === 0 ? okVerdicts.get(status) : undefined;
  if (known !== undefined) return known;
  const verdict = errors === 0 ? "ok" : errors === 1 ? "1 error" : `${errors} errors`;
  const text = `answered ${status}, ${end}, ${verdict}`;
  if (end === "complete" && errors === 0) okVerdicts.set(status, text);
  return text;
}

function describeContent({ body, headers }: HttpRequest, masks: LogMasks): string {
  const type = headers.get("content-type");
  const bytes = body.receivedBytes === 1 ? "1 byte" : `${body.receivedBytes} bytes`;
  return type === undefined ? bytes : `${bytes} of ${masks.field("content-type", type)}`;
}

function describeAgent({ headers }: HttpRequest, masks: LogMasks): string {
  const agent = headers.get("user-agent");
  return agent === undefined ? "" : ` from ${masks.field("user-agent", agent)}`;
}

function formatMs(micros: number): string {
  return `${(micros / 1_000).toFixed(micros < 10_000 ? 1 : 0)} ms`;
}

/** Whether a request was refused for what it asks for, and not for its syntax. */
export function isUnderstood({ code }: HttpError): boolean {
  return code === "expectation" || code === "misdirected";
}
