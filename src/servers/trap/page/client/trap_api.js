// @ts-check
// The calls of the JSON API that the page makes, all to its own origin.

import { asRequest } from "./list/tls_record.js";

/** @import { FetchedBytes, Filters, TrapApi } from "./page_types.ts" */

// The part of a response that a view shows; the download has all of it.
const MAX_RESPONSE_BYTES = 1_048_576;
const BYTE_PATHS = { raw: "raw", body: "body", decoded: "body?decoded=1" };
const GONE = "The request is not kept any more.";

/**
 * Makes the calls with a function like fetch.
 *
 * @param {(path: string, options?: RequestInit) => Promise<Response>} fetch
 * @returns {TrapApi}
 */
export function createTrapApi(fetch) {
  const call = async (
    /** @type {string} */ path,
    /** @type {RequestInit | undefined} */ options = undefined,
  ) => checked(await fetch(path, options));
  const send = (/** @type {string} */ path, /** @type {string} */ method, /** @type {string} */ body) =>
    call(path, { method, headers: { "Content-Type": "application/json" }, body });
  return {
    async list(filters, { limit, before }) {
      const query = new URLSearchParams({ limit: String(limit), ...queryOf(filters) });
      if (before !== undefined) query.set("before", before);
      const { requests } = await (await call(`/api/requests?${query}`)).json();
      return requests.map(asRequest);
    },
    async record(id) {
      return asRequest(await (await call(pathOf(id))).json());
    },
    async bytes(id, what, maxBytes) {
      return await readBytes(await call(`${pathOf(id)}/${BYTE_PATHS[what]}`), maxBytes);
    },
    async har(id) {
      return await (await call(`/api/export.har?${new URLSearchParams({ id })}`)).text();
    },
    async remove(id) {
      await call(pathOf(id), { method: "DELETE" });
    },
    async clear(bin) {
      await call(`/api/requests${binQuery(bin)}`, { method: "DELETE" });
    },
    async replay(id, replay) {
      return await (await send(`${pathOf(id)}/replay`, "POST", JSON.stringify(replay))).json();
    },
    async responseBody(id, { replay, form }) {
      const query = new URLSearchParams({
        ...(replay === undefined ? {} : { replay: String(replay) }),
        ...(form === "decoded" ? { decoded: "1" } : {}),
      });
      return await readBytes(await call(`${pathOf(id)}/response/body?${query}`), MAX_RESPONSE_BYTES);
    },
    async rules(bin) {
      return JSON.stringify(await (await call(`/api/rules${binQuery(bin)}`)).json(), null, 2);
    },
    async saveRules(text, bin) {
      await send(`/api/rules${binQuery(bin)}`, "PUT", text);
    },
    async resetRules() {
      await call("/api/rules/reset", { method: "POST" });
    },
    async status() {
      return await (await call("/api/status")).json();
    },
    async bins() {
      return await (await call("/api/bins")).json();
    },
    async count(bin) {
      if (bin === "") return (await this.status()).requests;
      return (await this.bins()).bins.find(({ name }) => name === bin)?.requests ?? 0;
    },
  };
}

/**
 * The path of a request in the API.
 *
 * @param {string} id
 * @returns {string}
 */
export function pathOf(id) {
  return `/api/requests/${encodeURIComponent(id)}`;
}

/**
 * Whether only the choice of a bin narrows the list.
 *
 * @param {Filters} filters
 * @returns {boolean}
 */
export function isUnfiltered(filters) {
  return Object.keys(queryOf({ ...filters, bin: "" })).length === 0;
}

/** @param {string} bin */
function binQuery(bin) {
  return bin === "" ? "" : `?${new URLSearchParams({ bin })}`;
}

/**
 * @param {Filters} filters
 * @returns {Record<string, string>}
 */
function queryOf({ text, method, path, errorsOnly, faultsOnly, bin }) {
  return {
    ...(text === "" ? {} : { q: text }),
    ...(method === "" ? {} : { method }),
    ...(path === "" ? {} : { path }),
    ...(errorsOnly ? { level: "error" } : {}),
    ...(faultsOnly ? { fault: "any" } : {}),
    ...(bin === "" ? {} : { bin }),
  };
}

/**
 * @param {Response} response
 * @returns {Promise<Response>}
 */
async function checked(response) {
  if (response.ok) return response;
  const said = await refusalOf(response);
  throw new Error(response.status === 404 ? GONE : said);
}

/**
 * Reads content up to a limit, and does not fetch the rest.
 *
 * @param {Response} response
 * @param {number} maxBytes
 * @returns {Promise<FetchedBytes>}
 */
async function readBytes(response, maxBytes) {
  const announced = Number(response.headers.get("content-length") ?? Number.NaN);
  if (announced <= maxBytes) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { bytes, totalBytes: bytes.length };
  }
  /** @type {Uint8Array[]} */
  const pieces = [];
  let received = 0;
  const reader = response.body?.getReader();
  while (reader !== undefined && received < maxBytes) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    received += value.length;
  }
  await reader?.cancel();
  const joined = new Uint8Array(
    await new Blob(/** @type {Uint8Array<ArrayBuffer>[]} */ (pieces)).arrayBuffer(),
  );
  const totalBytes = Number.isNaN(announced) ? received : announced;
  return { bytes: joined.subarray(0, maxBytes), totalBytes };
}

/**
 * @param {Response} response
 * @returns {Promise<string>}
 */
async function refusalOf(response) {
  const said = (await response.text()).slice(0, 500);
  try {
    return JSON.parse(said).error ?? said;
  } catch {
    return said === "" ? `The trap said ${response.status}.` : said;
  }
}
