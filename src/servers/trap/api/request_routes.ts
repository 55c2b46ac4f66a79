import type { Route } from "../../../backend/routes.ts";
import { HttpError } from "../../../http/errors.ts";
import { createResponse } from "../../../http/response.ts";
import type { RequestStore } from "../request_store.ts";
import type { StoredRequest } from "../stored_request.ts";
import type { EventFeed } from "./event_feed.ts";
import { apiResponse, jsonResponse } from "./json_response.ts";
import { CallParameters } from "./request_query.ts";

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 100;

/** The rows of the API that list, show and delete requests, and the stream of events. */
export function requestRoutes(store: RequestStore, feed: EventFeed): readonly Route[] {
  const find = (id: string | undefined): StoredRequest => {
    const request = store.find(decodeId(id));
    if (request === undefined) throw unknownRequest(id);
    return request;
  };
  return [
    ["GET", "/api/requests", ({ query }) => {
      const parameters = new CallParameters(query);
      const limit = parameters.integer("limit", { preset: DEFAULT_LIMIT, min: 1, max: MAX_LIMIT });
      const found = store.newestFirst(parameters.test(), parameters.text("before")).take(limit);
      return jsonResponse(200, { requests: Array.from(found, (request) => request.toRecord()) });
    }],
    ["DELETE", "/api/requests", () => {
      store.clear();
      return createResponse(204);
    }],
    ["GET", "/api/requests/:id", (_request, _context, [id]) => jsonResponse(200, find(id).toRecord())],
    ["DELETE", "/api/requests/:id", (_request, _context, [id]) => {
      if (!store.delete(decodeId(id))) throw unknownRequest(id);
      return createResponse(204);
    }],
    ["GET", "/api/requests/:id/raw", (_request, _context, [id]) => {
      const request = find(id);
      return download(request.wire.kept, `${request.id}.http`);
    }],
    ["GET", "/api/requests/:id/body", (_request, _context, [id]) => {
      const request = find(id);
      return download(request.body, `${request.id}.body`);
    }],
    ["GET", "/api/events", ({ headers, query }) => {
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

/** Clients may escape the colons of an id. */
function decodeId(segment: string = ""): string {
  return segment.replaceAll(/%3a/gi, ":");
}

function unknownRequest(id: string = ""): HttpError {
  return new HttpError(404, `Cannot find request ${JSON.stringify(id)}: it is not stored, or no longer`);
}
