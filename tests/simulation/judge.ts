// The properties of every run. A finding is a sentence.

import type { PlannedHandler } from "./planned_handler.ts";
import { readReceived, type Received, type ReceivedPart } from "./received_responses.ts";
import {
  nameOf,
  type RequestPlan,
  respondedContentOf,
  type Script,
  sentContentOf,
  wiresOf,
} from "./script.ts";
import type { SimulatedSocket } from "./simulated_socket.ts";

/** The history of one client. */
export interface ClientState {
  readonly socket: SimulatedSocket;
  /** How many bytes it has sent. */
  sentBytes: number;
  hasReset: boolean;
  hasFinished: boolean;
}

/** Events that may have ended connections, whatever was sent on them. */
export interface Circumstances {
  /** Whether enough time has passed for a deadline. */
  readonly hasWaited: boolean;
  readonly hasShutDown: boolean;
}

/** Judges what clients have received when nothing moves any longer. */
export function judge(
  script: Script,
  clients: ReadonlyMap<number, ClientState>,
  application: PlannedHandler,
  circumstances: Circumstances,
): string[] {
  const findings = [...application.breaches];
  for (const [index, client] of clients) {
    findings.push(...client.socket.breaches);
    try {
      findings.push(...judgeClient(script, index, client, application, circumstances));
    } catch (error) {
      findings.push(
        `c${index} receives what no server sends: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
  return findings;
}

function judgeClient(
  script: Script,
  index: number,
  client: ClientState,
  application: PlannedHandler,
  circumstances: Circumstances,
): string[] {
  const { requests } = script.connections[index]!;
  const methods = requests.map(({ method }) => method);
  const received = readReceived(client.socket.output, methods);
  const findings = received.responses.flatMap((response, at) =>
    judgeResponse(requests[at], nameOf(index, at), response, client, at === received.responses.length - 1)
  );
  // With little memory, clients wait for each other, and some are turned away.
  const hasMemory = script.options.maxBufferedBytes === undefined;
  if (!circumstances.hasWaited && !circumstances.hasShutDown && !client.hasReset && hasMemory) {
    findings.push(...judgeMissing(script, index, client, application, received));
  }
  return findings;
}

function judgeResponse(
  plan: RequestPlan | undefined,
  name: string,
  response: ReceivedPart,
  client: ClientState,
  isLast: boolean,
): string[] {
  const isOver = client.socket.isClosed || client.socket.hasFinished || client.hasReset;
  if (!response.isWhole) {
    if (!isLast) return [`${name}: a response is cut, and others follow`];
    const mayPause = plan?.handler.result.kind === "stream" && plan.handler.result.end === "never";
    if (!isOver && !mayPause) return [`${name}: a response is not complete, and the connection lives on`];
  }
  if (response.saysClose && !isLast) return [`${name}: a response says close, and others follow`];
  if (response.name === undefined) {
    if (response.status >= 400 || response.status === 0) return [];
    return [`${name}: a response without a request, status ${response.status}`];
  }
  if (plan === undefined || response.name !== name) {
    return [`${name} is due, but the response to ${response.name} comes`];
  }
  const due = plan.method === "HEAD" ? "" : respondedContentOf(plan.handler.result, name);
  if (response.isWhole ? response.content !== due : !due.startsWith(response.content)) {
    return [`${name}: the content of the response is not what the handler gave`];
  }
  return [];
}

/** Without a reset, a deadline or a shutdown, only a response ends a connection, and no response is missing. */
function judgeMissing(
  script: Script,
  index: number,
  client: ClientState,
  application: PlannedHandler,
  { responses }: Received,
): string[] {
  const last = responses.at(-1);
  if (last !== undefined && (last.saysClose || !last.isWhole)) return [];
  const plan = script.connections[index]!;
  const wires = wiresOf(plan, index);
  let end = 0;
  for (const [at, request] of plan.requests.entries()) {
    end += wires[at]!.length;
    if (end > client.sentBytes) break;
    const name = nameOf(index, at);
    const handled = application.handled.find((other) => other.name === name);
    if (at < responses.length) {
      if (mayEndConnection(request, script)) return [];
      continue;
    }
    if (handled === undefined) return [`${name} is lost: no handler has seen it`];
    if (handled.hasResponded) return [`${name} is lost: its handler has responded`];
    if (request.handler.wait.kind !== "for-ever") return [`${name} is lost: its handler does not go on`];
    return [];
  }
  // Every complete request has its response: what is left to do?
  const isAwaited = !client.hasFinished && client.sentBytes <= end;
  if (client.socket.isClosed && isAwaited) return [`c${index} is closed for no reason`];
  if (client.hasFinished && client.sentBytes === end && !client.socket.isClosed) {
    return [`c${index} has finished, and is not closed`];
  }
  return [];
}

/** Unread content beyond the drain limit, and a stream that ends badly: nothing is served after them. */
function mayEndConnection(plan: RequestPlan, { options }: Script): boolean {
  const { handler } = plan;
  if (handler.result.kind === "stream" && handler.result.end !== "good") return true;
  if (handler.content === "left") return plan.content.kind !== "none";
  const isUnread = handler.content !== "all" && sentContentOf(plan, "").length > options.maxDrainBytes!;
  return isUnread || sentContentOf(plan, "").length > options.maxBodyBytes!;
}
