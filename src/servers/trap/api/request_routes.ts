import type { Route } from "../../../backend/routes.ts";
import { HttpError } from "../../../http/errors.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { createResponse, type HttpResponse } from "../../../http/response/response.ts";
import { decodedContent, DecodingBudget } from "../store/decoded_content.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import { apiResponse, jsonResponse } from "../../../backend/json_response.ts";
import { readResponse, type StoredResponse } from "../records/stored_response.ts";
import { toContentRecord, toRecord } from "../records/to_record.ts";
import type { ApiParts } from "./api_parts.ts";
import { readJsonObject } from "../../../backend/json_request.ts";
import { readReplayRequest } from "./replay_request.ts";
import { CallParameters } from "./request_query.ts";

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 100;
// Edited content may be as large as the content that is kept by default.
const MAX_REPLAY_BYTES = 67_108_864;

/** The API's rows for requests. */
export function requestRoutes({ store, replayer }: ApiParts): readonly Route[] {
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
      return jsonResponse(200, { requests: found.map((request) => recordFor(parameters, request)) });
    }],
    ["DELETE", "/api/requests", ({ query }) => {
      store.clear(new CallParameters(query).text("bin"));
      return createResponse(204);
    }],
    [
      "GET, HEAD",
      "/api/requests/:id",
      ({ query }, _context, [id]) => jsonResponse(200, recordFor(new CallParameters(query), find(id))),
    ],
    ["DELETE", "/api/requests/:id", (_request, _context, [id]) => {
      if (!store.delete(decodeId(id))) throw unknownRequest(id);
      return createResponse(204);
    }],
    ["POST", "/api/requests/:id/replay", async (request, _context, [id]) => {
      const call = readReplayRequest(await readJsonObject(request, MAX_REPLAY_BYTES));
      return jsonResponse(200, await replayer.replay(find(id), call));
    }],
    ...byteRoutes(find),
  ];
}

function byteRoutes(find: (id: string | undefined) => StoredRequest): readonly Route[] {
  return [
    ["GET, HEAD", "/api/requests/:id/raw", (_request, _context, [id]) => {
      const request = find(id);
      return download(request.wire.kept, `${request.id}.http`);
    }],
    ["GET, HEAD", "/api/requests/:id/body", ({ query }, _context, [id]) => {
      const request = find(id);
      const content = contentFor(query, request.headers, request.body);
      return download(content, `${request.id}.body`);
    }],
    ["GET, HEAD", "/api/requests/:id/response/raw", ({ query }, _context, [id]) => {
      const request = find(id);
      return download(findResponse(request, query).kept, `${request.id}.response.http`);
    }],
    ["GET, HEAD", "/api/requests/:id/response/body", ({ query }, _context, [id]) => {
      const request = find(id);
      const { headers, content } = readResponse(findResponse(request, query));
      return download(contentFor(query, headers, content), `${request.id}.response.body`);
    }],
  ];
}

/** The record of a request, with its content if the client asks for it. */
export function recordFor(parameters: CallParameters, request: StoredRequest): unknown {
  const record = toRecord(request);
  const wantsContent = parameters.isOn("content") && !request.isHandshake;
  return wantsContent ? { ...record, content: toContentRecord(request.body) } : record;
}

/** The content as it came; with `decoded=1` without its codings. @throws {HttpError} 409 if that fails */
function contentFor(query: string, headers: readonly HeaderField[], body: Uint8Array): Uint8Array {
  if (!new CallParameters(query).isOn("decoded")) return body;
  const decoded = decodedContent(headers, body, new DecodingBudget());
  if (decoded !== undefined) return decoded;
  throw new HttpError(
    409,
    "Cannot decode the content: its coding is unknown, it is damaged, or it is too large",
  );
}

/** The response in the record, or that of a replay: `replay=0` is the oldest one. */
function findResponse(request: StoredRequest, query: string): StoredResponse {
  const { replays } = request;
  const index = new CallParameters(query).integer("replay", { preset: -1, min: 0, max: 1_000_000 });
  const response = index < 0 ? request.shownResponse : replays[index]?.response;
  if (response !== undefined) return response;
  throw new HttpError(
    404,
    `Cannot find the response of request ${JSON.stringify(request.id)}: none is stored`,
  );
}

function download(bytes: Uint8Array, name: string): HttpResponse {
  // Not every file system allows colons in names.
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
