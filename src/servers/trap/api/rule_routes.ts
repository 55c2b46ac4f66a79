// Rules while the trap runs, its state, and its bins.

import type { Route } from "../../../backend/routes.ts";
import { HttpError } from "../../../http/errors.ts";
import { createResponse } from "../../../http/response/response.ts";
import { timeOf } from "../records/request_ids.ts";
import type { RequestStore } from "../store/request_store.ts";
import { readRespondScript } from "../rules/respond_script.ts";
import { isObject, ScriptError } from "../rules/script_values.ts";
import type { ApiParts } from "./api_parts.ts";
import { readJson } from "../../../backend/json_request.ts";
import { jsonResponse } from "../../../backend/json_response.ts";
import { CallParameters } from "./request_query.ts";

const MAX_RULES_BYTES = 16_777_216;

/** The API's rows for the trap itself. */
export function ruleRoutes({ engine, store, status, bins }: ApiParts): readonly Route[] {
  return [
    ["GET, HEAD", "/api/rules", ({ query }) => {
      const bin = new CallParameters(query).text("bin");
      return jsonResponse(200, bin === undefined ? engine.source : engine.source.filter(isOf(bin)));
    }],
    ["PUT", "/api/rules", async (request) => {
      const bin = new CallParameters(request.query).text("bin");
      const given = await readJson(request, MAX_RULES_BYTES);
      const rules = bin === undefined ? given : joinBin(engine.source, given, bin);
      engine.replace(readScript(rules));
      return jsonResponse(200, bin === undefined ? engine.source : engine.source.filter(isOf(bin)));
    }],
    ["POST", "/api/rules/reset", () => {
      engine.reset();
      return createResponse(204);
    }],
    ["GET, HEAD", "/api/status", () => jsonResponse(200, status())],
    ["GET, HEAD", "/api/bins", () =>
      jsonResponse(200, {
        bins: listBins(store),
        enabled: bins.isOn,
        keep: store.bounds.maxRequests,
        keepAgeMs: bins.maxAgeMs ?? null,
      })],
  ];
}

function readScript(rules: unknown): ReturnType<typeof readRespondScript> {
  try {
    return readRespondScript(rules);
  } catch (cause) {
    if (!(cause instanceof ScriptError)) throw cause;
    throw new HttpError(400, `Cannot take the rules: ${cause.message}`, { cause });
  }
}

function isOf(bin: string): (rule: unknown) => boolean {
  return (rule) => isObject(rule) && rule["bin"] === bin;
}

/** The rules of all other bins together with these rules of one bin. */
function joinBin(all: readonly unknown[], given: unknown, bin: string): unknown {
  if (!Array.isArray(given)) return given;
  const isOwn = isOf(bin);
  const own = given.map((rule) => isObject(rule) ? { ...rule, bin } : rule);
  return [...all.filter((rule) => !isOwn(rule)), ...own];
}

interface BinRecord {
  readonly name: string;
  readonly requests: number;
  readonly bytes: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

function listBins(store: RequestStore): readonly BinRecord[] {
  return Array.from(store.bins, ([name]) => {
    const requests = store.bins.requestsOf(name);
    const ids = requests.map(({ id }) => id).toSorted();
    return {
      name,
      requests: requests.length,
      bytes: requests.reduce((sum, { countedBytes }) => sum + countedBytes, 0),
      firstAt: timeOf(ids[0] ?? ""),
      lastAt: timeOf(ids.at(-1) ?? ""),
    };
  });
}
