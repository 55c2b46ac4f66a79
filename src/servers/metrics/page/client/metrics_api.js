// @ts-check
// The calls that the page makes, all to its own origin: Graphite's for points, the page's own for the rest.

/** @import { MetricsApi } from "./page_types.ts" */

/**
 * Asks by way of a function like fetch.
 *
 * @param {(path: string, options?: RequestInit) => Promise<Response>} fetch
 * @returns {MetricsApi}
 */
export function createMetricsApi(fetch) {
  const call = async (
    /** @type {string} */ path,
    /** @type {RequestInit | undefined} */ options = undefined,
  ) => {
    const response = await fetch(path, options);
    if (response.ok) return response;
    throw new Error(await refusalOf(response));
  };
  const send = (/** @type {string} */ path, /** @type {string} */ method, /** @type {unknown} */ value) =>
    call(path, {
      method,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(value),
    });
  return {
    async render(targets, { from, until, points }) {
      const form = new URLSearchParams({ from, until, format: "json", maxDataPoints: String(points) });
      for (const target of targets) form.append("target", target);
      return await (await call("/render", { method: "POST", body: form })).json();
    },
    async names(pattern) {
      return await (await call(`/api/names?${new URLSearchParams({ query: pattern })}`)).json();
    },
    async series(order, search) {
      const { series } = await (await call(`/api/series?${new URLSearchParams({ order, search })}`)).json();
      return series;
    },
    async remove(name) {
      await send("/api/delete", "POST", { name });
    },
    async boards() {
      const { boards } = await (await call("/api/boards")).json();
      return boards;
    },
    async saveBoards(boards) {
      await send("/api/boards", "PUT", { boards });
    },
  };
}

/**
 * @param {Response} response
 * @returns {Promise<string>}
 */
async function refusalOf(response) {
  const said = (await response.text()).slice(0, 500).trim();
  try {
    return JSON.parse(said).error ?? said;
  } catch {
    return said === "" ? `The server said ${response.status}.` : said;
  }
}
