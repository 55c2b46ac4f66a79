import type { MaybePromise } from "../base/maybe_promise.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpRequest } from "../http/request/request.ts";
import type { HttpResponse } from "../http/response/response.ts";
import { ExplainedError } from "./explained_error.ts";
import type { Handler, RequestContext } from "./handler.ts";

/**
 * Responds to a request for a route.
 *
 * `captures` are the parts of the path that match the placeholders of the pattern, in order and as sent:
 * still percent-encoded, perhaps empty.
 */
export type RouteHandler = (
  request: HttpRequest,
  context: RequestContext,
  captures: readonly string[],
) => MaybePromise<HttpResponse>;

/**
 * One row of a table of routes: methods as `Allow` lists them, pattern of the path, handler.
 *
 * In a pattern `:word` stands for one segment of the path, `*` at the end for all that follows.
 */
export type Route = readonly [methods: string, pattern: string, handle: RouteHandler];

type MethodTable = Map<string, RouteHandler>;

interface PatternRoutes {
  readonly segments: readonly string[];
  readonly methods: MethodTable;
}

const NO_CAPTURES: readonly string[] = Object.freeze([]);

/**
 * Makes a handler from a table of routes. Paths without placeholders go first, then patterns in their order.
 *
 * The handler throws HttpError 404 for a path that matches no row, and 405 with `Allow` for a method that no
 * row of this path has (RFC 9110 §15.5.6). The query plays no part; dots and doubled slashes stay.
 *
 * @throws {TypeError} when two rows have the same method and pattern, or "*" stands elsewhere than at the end
 */
export function routes(table: readonly Route[]): Handler {
  const exact = new Map<string, MethodTable>();
  const patterns = new Map<string, PatternRoutes>();
  for (const [methods, pattern, handle] of table) {
    const handlers = isPattern(pattern) ? tableOfPattern(patterns, pattern) : tableOfPath(exact, pattern);
    addHandler(handlers, { methods, pattern, handle });
  }
  const ordered = [...patterns.values()];
  return (request, context) => {
    // A target without a query is its path: one look-up, and no allocation for the common request.
    const handlers = exact.get(request.target) ?? exact.get(request.path);
    if (handlers !== undefined) return handlerOf(handlers, request)(request, context, NO_CAPTURES);
    const segments = request.path.split("/");
    for (const route of ordered) {
      const captures = matchSegments(route.segments, segments);
      if (captures !== undefined) return handlerOf(route.methods, request)(request, context, captures);
    }
    throw new HttpError(404, `Cannot find a route: no row for path ${JSON.stringify(request.path)}`);
  };
}

function isPattern(pattern: string): boolean {
  return pattern.includes("/:") || pattern.includes("*");
}

function tableOfPath(exact: Map<string, MethodTable>, path: string): MethodTable {
  const handlers = exact.get(path) ?? new Map();
  exact.set(path, handlers);
  return handlers;
}

function tableOfPattern(patterns: Map<string, PatternRoutes>, pattern: string): MethodTable {
  const star = pattern.indexOf("*");
  if (star >= 0 && !(star === pattern.length - 1 && pattern.endsWith("/*"))) {
    throw new TypeError(`Cannot read route "${pattern}": "*" must be the last segment`);
  }
  const route = patterns.get(pattern) ?? { segments: pattern.split("/"), methods: new Map() };
  patterns.set(pattern, route);
  return route.methods;
}

function addHandler(
  handlers: MethodTable,
  row: { readonly methods: string; readonly pattern: string; readonly handle: RouteHandler },
): void {
  for (const method of row.methods.split(", ")) {
    if (handlers.has(method)) {
      throw new TypeError(`Cannot add route: "${method} ${row.pattern}" is there twice`);
    }
    handlers.set(method, row.handle);
  }
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): readonly string[] | undefined {
  const takesRest = pattern[pattern.length - 1] === "*";
  if (takesRest ? segments.length < pattern.length : segments.length !== pattern.length) return undefined;
  const captures: string[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const expected = pattern[i]!;
    if (expected === "*") captures.push(segments.slice(i).join("/"));
    else if (expected.startsWith(":")) captures.push(segments[i]!);
    else if (expected !== segments[i]) return undefined;
  }
  return captures;
}

function handlerOf(handlers: MethodTable, request: HttpRequest): RouteHandler {
  const handle = handlers.get(request.method);
  if (handle !== undefined) return handle;
  const methods = [...handlers.keys()];
  throw new ExplainedError(
    405,
    `Cannot serve ${JSON.stringify(request.path)}: expected ${methods.join(" or ")}, got ${
      JSON.stringify(request.method)
    }`,
    {
      headers: [["Allow", methods.join(", ")]],
      explanation: `This address accepts only ${methods.join(" and ")}.`,
    },
  );
}
