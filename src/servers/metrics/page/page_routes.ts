// The page of the metrics store and its own API; points come from Graphite's routes on the same port.

import { readJson } from "../../../backend/json_request.ts";
import { apiResponse, jsonResponse } from "../../../backend/json_response.ts";
import type { Route } from "../../../backend/routes.ts";
import type { Clock } from "../../../base/clock.ts";
import { HttpError } from "../../../http/errors.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { pageFileRoutes } from "../../../program/page/page_routes.ts";
import { ALL_TIME, type MetricStore, StoreRefusal } from "../store.ts";
import { type BoardStore, parseBoards } from "./boards.ts";
import { listNames } from "./name_list.ts";
import { metricsPageFiles } from "./page_files.ts";
import { listSeries, type SeriesOrder, toByteRange } from "./series_catalog.ts";
import { statusOf, type StatusSource } from "./server_status.ts";
import type { StatusFeed } from "./status_feed.ts";

/** Parts of {@linkcode metricsPageRoutes}. */
export interface MetricsPageParts {
  /** The store of samples. */
  readonly store: MetricStore;
  /** Status of the server. */
  readonly status: StatusSource;
  /** Sends it once a second. */
  readonly feed: StatusFeed;
  /** The store of boards. */
  readonly boards: BoardStore;
  /** The time. */
  readonly clock: Clock;
  /** Called for each deletion, for the log. @param name the key or pattern */
  readonly onDeleted: (name: string) => void;
}

const ORDERS: readonly SeriesOrder[] = ["biggest", "newest", "stale"];
const MAX_LISTED = 200;
const MAX_NAMES = 500;
const MAX_CONTENT_BYTES = 4_194_304;

/** The rows for page and API. */
export function metricsPageRoutes(parts: MetricsPageParts): readonly Route[] {
  const { store, status, feed, boards, clock } = parts;
  return [
    ...pageFileRoutes(metricsPageFiles()),
    ["GET", "/api/status", () => jsonResponse(200, statusOf(status, clock.nowMs()))],
    ["GET", "/api/names", async ({ query }) => {
      const pattern = new URLSearchParams(query).get("query") || "*";
      return jsonResponse(200, await listNames(store, pattern, MAX_NAMES));
    }],
    ["GET", "/api/events", () => apiResponse(200, "text/event-stream", feed.open())],
    [
      "GET",
      "/api/series",
      async (request) => jsonResponse(200, { series: await readSeries(store, request) }),
    ],
    ["POST", "/api/delete", async (request) => {
      await deleteSamples(parts, await readJson(request, MAX_CONTENT_BYTES));
      return jsonResponse(200, {});
    }],
    ["GET", "/api/boards", async () => jsonResponse(200, { boards: await boards.read() })],
    ["PUT", "/api/boards", async (request) => {
      await boards.write(parseBoards(await readJson(request, MAX_CONTENT_BYTES)));
      return jsonResponse(200, {});
    }],
  ];
}

async function readSeries(store: MetricStore, { query }: HttpRequest): Promise<unknown> {
  const values = new URLSearchParams(query);
  const given = values.get("order") ?? ORDERS[0];
  const order = ORDERS.find((known) => known === given);
  if (order === undefined) {
    throw new HttpError(400, `Cannot list series: expected order=${ORDERS.join(" or ")}`);
  }
  return await listSeries(store, { pattern: values.get("search") || "*", order, limit: MAX_LISTED });
}

async function deleteSamples({ store, onDeleted }: MetricsPageParts, value: unknown): Promise<void> {
  const name = typeof value === "object" && value !== null && "name" in value ? value.name : undefined;
  if (typeof name !== "string" || name === "") {
    throw new HttpError(400, 'Cannot delete: expected an object with a text "name"');
  }
  try {
    await store.delete(toByteRange(name), ALL_TIME);
    await store.commit();
  } catch (error) {
    if (!(error instanceof StoreRefusal)) throw error;
    throw new HttpError(409, `Cannot delete: ${error.message}`, { cause: error });
  }
  onDeleted(name);
}
