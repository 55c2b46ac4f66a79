// A site below a path of a proxy that passes the whole path on: `/files/a.txt` is a.txt.

import type { Handler } from "../../../backend/handler.ts";
import { HttpError } from "../../../http/errors.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { HttpRequest } from "../../../http/request/request.ts";
import { createResponse, type HttpResponse } from "../../../http/response/response.ts";

/**
 * Removes a path from the targets of requests, and puts it in front of the paths of redirects.
 *
 * @param base begins and ends with a slash
 * @param fields fields of all responses
 * @returns a handler that throws HttpError 404 for a target outside
 */
export function serveBelow(handler: Handler, base: string, fields: readonly HeaderField[]): Handler {
  if (base === "/") return handler;
  const addBase = (response: HttpResponse): HttpResponse => {
    const location = response.headers.get("Location");
    if (location === undefined || !location.startsWith("/")) return response;
    const headers = response.headers.clone();
    headers.set("Location", base + location.slice(1));
    return { ...response, headers };
  };
  return (request, context) => {
    const { path, query } = request;
    const suffix = query === "" ? "" : `?${query}`;
    if (`${path}/` === base) return createResponse(301, null, [["Location", base + suffix], ...fields]);
    if (!path.startsWith(base)) {
      throw new HttpError(404, `Cannot serve ${JSON.stringify(path)}: it does not lie below ${base}`);
    }
    const target = `/${path.slice(base.length)}${suffix}`;
    const { method, version, headers, body } = request;
    const response = handler(new HttpRequest({ method, target, version, headers }, body), context);
    return response instanceof Promise ? response.then(addBase) : addBase(response);
  };
}
