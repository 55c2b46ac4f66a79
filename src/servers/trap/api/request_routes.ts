import type { Route } from "../../../backend/routes.ts";
import { HttpError } from "../../../http/errors.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { readWhole } from "../../../http/request/request_body.ts";
import { createResponse } from "../../../http/response/response.ts";
import type { RequestStore } from "../records/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import type { EventFeed } from "./event_feed.ts";
import { exportHar, exportLines } from "./exports.ts";
import { apiResponse, jsonResponse } from "../../../backend/json_response.ts";
import type { NextWaiters } from "./next_waiters.ts";
import type { Replayer } from "./replay.ts";
import { CallParameters } from "./request_query.ts";

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 100;
const MAX_WAIT_MS = 300_000;
const DEFAULT_WAIT_MS = 30_000;
// More than any call has to say.
const MAX_CALL_BYTES = 65_536;

/** What the rows of the API work with. */
export interface ApiParts {
  /** Where the requests are. */
  readonly store: RequestStore;
  /** Gives out events. */
  readonly feed: EventFeed;
  /** Waits for requests. */
  readonly waiters: NextWaiters;
  /** Sends requests again. */
  readonly replayer: Replayer;
}

/** The rows of the API. */
export function apiRoutes(parts: ApiParts): readonly Route[] {
  return [...requestRoutes(parts), ...streamRoutes(parts)];
}

function requestRoutes({ store, replayer }: ApiParts): readonly Route[] {
  const find = (id: string | undefined): StoredRequest => {
    const request = store.find(decodeId(id));
    if (request === undefined) throw unknownRequest(id);
    return request;
  };
  return [
    ["GET, HEAD", "/api/requests", ({ query }) => {
      const parameters = new CallParameters(query);
      const limit = parameters.integer("limit", { preset: DEFAULT_LIMIT, min: 1, max: MAX_LIMIT });
      const found = store.newest(parameters.test(), { limit, before: parameters.text("before") });
      return jsonResponse(200, { requests: found.map((request) => request.toRecord()) });
    }],
    ["DELETE", "/api/requests", () => {
      store.clear();
      return createResponse(204);
    }],
    ["GET, HEAD", "/api/requests/:id", (_request, _context, [id]) => jsonResponse(200, find(id).toRecord())],
    ["DELETE", "/api/requests/:id", (_request, _context, [id]) => {
      if (!store.delete(decodeId(id))) throw unknownRequest(id);
      return createResponse(204);
    }],
    ["GET, HEAD", "/api/requests/:id/raw", (_request, _context, [id]) => {
      const request = find(id);
      return download(request.wire.kept, `${request.id}.http`);
    }],
    ["GET, HEAD", "/api/requests/:id/body", (_request, _context, [id]) => {
      const request = find(id);
      return download(request.body, `${request.id}.body`);
    }],
    ["POST", "/api/requests/:id/replay", async (request, _context, [id]) => {
      const { url } = await readJson(request);
      return jsonResponse(200, await replayer.replay(find(id), url));
    }],
  ];
}

function streamRoutes({ store, feed, waiters }: ApiParts): readonly Route[] {
  return [
    ["GET, HEAD", "/api/next", async ({ query }, { signal }) => {
      const parameters = new CallParameters(query);
      const timeoutMs = parameters.integer("timeout_ms", {
        preset: DEFAULT_WAIT_MS,
        min: 0,
        max: MAX_WAIT_MS,
      });
      const after = parameters.text("after");
      const request = await waiters.next(parameters.test(), { after, timeoutMs, signal });
      return request === undefined ? createResponse(204) : jsonResponse(200, request.toRecord());
    }],
    ["GET, HEAD", "/api/export.ndjson", ({ query }) => {
      const requests = store.all(new CallParameters(query).test());
      return apiResponse(200, "application/x-ndjson", exportLines(requests));
    }],
    ["GET, HEAD", "/api/export.har", ({ query }) => {
      const requests = store.all(new CallParameters(query).test());
      return apiResponse(200, "application/json", exportHar(requests), [
        ["Content-Disposition", 'attachment; filename="requests.har"'],
      ]);
    }],
    ["GET, HEAD", "/api/events", ({ headers, query }) => {
      const lastId = headers.get("Last-Event-ID") ?? new CallParameters(query).text("after");
      return apiResponse(200, "text/event-stream", feed.open(lastId));
    }],
  ];
}

function download(bytes: Uint8Array, name: string): ReturnType<typeof apiResponse> {
  // Colons are no part of a file's name everywhere.
  const fileName = name.replaceAll(":", "");
  // A copy: the bytes may grow while they are sent.
  return apiResponse(200, "application/octet-stream", bytes.slice(), [
    ["Content-Disposition", `attachment; filename="${fileName}"`],
  ]);
}

async function readJson(request: HttpRequest): Promise<Readonly<Record<string, unknown>>> {
  const text = new TextDecoder().decode(await readWhole(request.body, MAX_CALL_BYTES));
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw new HttpError(400, "Cannot read the content: expected a JSON object");
}

/** Clients may escape the colons of an id. */
function decodeId(segment: string = ""): string {
  return segment.replaceAll(/%3a/gi, ":");
}

function unknownRequest(id: string = ""): HttpError {
  return new HttpError(404, `Cannot find request ${JSON.stringify(id)}: it is not stored, or no longer`);
}
