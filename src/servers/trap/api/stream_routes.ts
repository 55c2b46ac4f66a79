import type { Route } from "../../../backend/routes.ts";
import { createResponse } from "../../../http/response/response.ts";
import type { ApiParts } from "./api_parts.ts";
import { exportHar, exportLines } from "./exports.ts";
import { apiResponse, jsonResponse } from "../../../backend/json_response.ts";
import { CallParameters } from "./request_query.ts";
import { recordFor } from "./request_routes.ts";

const MAX_WAIT_MS = 300_000;
const DEFAULT_WAIT_MS = 30_000;

/** The API's rows that wait for requests, or that send many of them. */
export function streamRoutes({ store, feed, waiters }: ApiParts): readonly Route[] {
  return [
    ["GET, HEAD", "/api/next", async ({ query }, { signal }) => {
      const parameters = new CallParameters(query);
      const timeoutMs = parameters.integer("timeout_ms", {
        preset: DEFAULT_WAIT_MS,
        min: 0,
        max: MAX_WAIT_MS,
      });
      const after = parameters.text("after");
      const test = parameters.test();
      const request = await waiters.next((found) => !found.isHandshake && test(found), {
        after,
        timeoutMs,
        signal,
      });
      return request === undefined ? createResponse(204) : jsonResponse(200, recordFor(parameters, request));
    }],
    ["GET, HEAD", "/api/export.ndjson", ({ query }) => {
      const parameters = new CallParameters(query);
      const record = recordFor.bind(undefined, parameters);
      return apiResponse(200, "application/x-ndjson", exportLines(store.all(parameters.test()), record));
    }],
    ["GET, HEAD", "/api/export.har", ({ query }) => {
      const test = new CallParameters(query).test();
      const requests = store.all((request) => !request.isHandshake && test(request));
      return apiResponse(200, "application/json", exportHar(requests), [
        ["Content-Disposition", 'attachment; filename="requests.har"'],
      ]);
    }],
    ["GET, HEAD", "/api/events", ({ headers, query }) => {
      const parameters = new CallParameters(query);
      const lastId = headers.get("Last-Event-ID") ?? parameters.text("after");
      return apiResponse(200, "text/event-stream", feed.open(lastId));
    }],
  ];
}
