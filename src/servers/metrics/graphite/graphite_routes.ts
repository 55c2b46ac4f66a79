// The HTTP interface of Graphite, as far as Grafana and our own page need it, in the shapes of graphite-web 1.1.

import type { Route, RouteHandler } from "../../../backend/routes.ts";
import type { Clock } from "../../../base/clock.ts";
import { HttpError } from "../../../http/errors.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { createResponse, type HttpResponse, textResponse } from "../../../http/response/response.ts";
import { type MetricStore, StoreRefusal } from "../store.ts";
import { findNodes, type NameNode, toTree } from "./names/find_names.ts";
import { describeFunction, describeFunctions } from "./functions/describe.ts";
import { readRenderRequest, renderSeries, writeJson } from "./render.ts";
import { isOn, lastOf, readValues } from "./request_values.ts";
import { describeTag, findTaggedSeries, findTags, findTagValues, listTags } from "./names/tags.ts";
import { TargetError } from "./targets/target_error.ts";

// The version whose responses ours are compared with.
const GRAPHITE_VERSION = "1.1.8";

/** Parts of {@linkcode graphiteRoutes}. */
export interface GraphiteParts {
  /** The store of samples. */
  readonly store: MetricStore;
  /** The time. */
  readonly clock: Clock;
}

type Respond = (values: URLSearchParams, request: HttpRequest, captures: readonly string[]) => unknown;

/** The rows for every request of Graphite's clients. */
export function graphiteRoutes({ store, clock }: GraphiteParts): readonly Route[] {
  const find = async (values: URLSearchParams): Promise<unknown> => await respondWithNodes(store, values);
  const expand = async (values: URLSearchParams): Promise<unknown> => await expandQueries(store, values);
  const tags = async (values: URLSearchParams): Promise<unknown> => await findTags(store, values);
  const tagValues = async (values: URLSearchParams): Promise<unknown> => await findTagValues(store, values);
  return [
    ...both("/render", async (request) => await render(request, { store, clock })),
    ...both("/metrics/find", json(find)),
    ...both("/metrics/expand", json(expand)),
    ...reads("/events/get_data", json(() => [])),
    ...reads("/functions", json((values) => describeFunctions({ isGrouped: isOn(values, "grouped") }))),
    ["GET, HEAD", "/functions/:name", json((_values, _request, [name]) => describeFunction(name!))],
    ...reads("/version", json(() => GRAPHITE_VERSION)),
    ...reads("/tags", json(async () => await listTags(store))),
    ...both("/tags/findSeries", json(async (values) => await findTaggedSeries(store, values))),
    ...both("/tags/autoComplete/tags", json(tags)),
    ...both("/tags/autoComplete/values", json(tagValues)),
    [
      "GET, HEAD",
      "/tags/:tag",
      json(async (_values, _request, [tag]) => await describeTag(store, decoded(tag!))),
    ],
  ];
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new TargetError("Cannot read a tag: its percent-encoding is malformed", { cause });
  }
}

// To Graphite's clients a slash at the end makes no difference.
function forms(methods: string, path: string, handle: RouteHandler): Route[] {
  return [path, `${path}/`].map((own) => [methods, own, handle] as const);
}

function reads(path: string, handle: RouteHandler): Route[] {
  return forms("GET, HEAD", path, handle);
}

function both(path: string, handle: RouteHandler): Route[] {
  return forms("GET, HEAD, POST", path, handle);
}

function json(respond: Respond): RouteHandler {
  return withPlainErrors(async (request, _context, captures) => {
    const values = await readValues(request);
    return jsonText(JSON.stringify(await respond(values, request, captures)));
  });
}

async function render(request: HttpRequest, parts: GraphiteParts): Promise<HttpResponse> {
  const respond = withPlainErrors(async () => {
    const values = await readValues(request);
    const wanted = readRenderRequest(values, parts.clock.nowMs() / 1_000);
    const all = await renderSeries(parts.store, wanted);
    return createResponse(200, writeJson(all, wanted), [["Content-Type", "application/json"], ...FIELDS]);
  });
  return await respond(request);
}

const FIELDS = [["Cache-Control", "no-store"], ["X-Content-Type-Options", "nosniff"]] as const;

function jsonText(text: string): HttpResponse {
  return createResponse(200, text, [["Content-Type", "application/json"], ...FIELDS]);
}

// Grafana shows the body of an unsuccessful response, so it explains the mistake in the target in plain text.
function withPlainErrors<Rest extends readonly unknown[]>(
  handle: (request: HttpRequest, ...rest: Rest) => Promise<HttpResponse>,
): (request: HttpRequest, ...rest: Rest) => Promise<HttpResponse> {
  return async (request, ...rest) => {
    try {
      return await handle(request, ...rest);
    } catch (error) {
      if (error instanceof TargetError || error instanceof StoreRefusal) {
        return textResponse(400, `${error.message}\n`, FIELDS);
      }
      if (error instanceof HttpError && error.status < 500) {
        return textResponse(error.status, `${error.message}\n`, [...FIELDS, ...error.headers]);
      }
      throw error;
    }
  };
}

async function respondWithNodes(store: MetricStore, values: URLSearchParams): Promise<unknown> {
  const query = lastOf(values, "query");
  if (query === undefined) throw new TargetError("Missing required parameter 'query'");
  if (query === "") throw new TargetError("Required parameter 'query' is empty");
  const format = lastOf(values, "format") ?? "treejson";
  const isCompleter = format === "completer";
  const pattern = isCompleter ? completed(query) : query;
  const found = await findNodes(store, pattern);
  const nodes = isOn(values, "leavesOnly") ? found.filter(({ isLeaf }) => isLeaf) : found;
  if (isCompleter) return { metrics: nodes.map(toCompletion) };
  if (format === "json") return nodes.map(({ path, isLeaf }) => ({ path, is_leaf: isLeaf }));
  if (format !== "treejson") throw new TargetError("Invalid value for 'format' parameter");
  return toTree(nodes, { pattern, withWildcard: isOn(values, "wildcards") });
}

function completed(query: string): string {
  const pattern = query.replaceAll("..", "*.");
  return pattern.endsWith("*") ? pattern : `${pattern}*`;
}

function toCompletion({ path, name, isLeaf }: NameNode): unknown {
  return { path: isLeaf ? path : `${path}.`, name, is_leaf: isLeaf ? "1" : "0" };
}

async function expandQueries(store: MetricStore, values: URLSearchParams): Promise<unknown> {
  const byQuery = new Map<string, readonly string[]>();
  for (const query of values.getAll("query")) {
    const nodes = await findNodes(store, query);
    const wanted = isOn(values, "leavesOnly") ? nodes.filter(({ isLeaf }) => isLeaf) : nodes;
    byQuery.set(query, [...new Set(wanted.map(({ path }) => path))].sort());
  }
  if (isOn(values, "groupByExpr")) return { results: Object.fromEntries(byQuery) };
  return { results: [...new Set([...byQuery.values()].flat())].sort() };
}
