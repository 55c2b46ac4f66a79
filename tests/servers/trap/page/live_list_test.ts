import { assertEquals } from "@std/assert";
import { LiveList } from "../../../../src/servers/trap/page/client/list/live_list.js";
import { RequestRows, rowOf } from "../../../../src/servers/trap/page/client/list/request_rows.js";
import type { Filters, TrapApi } from "../../../../src/servers/trap/page/client/page_types.ts";
import type { RequestRecord } from "../../../../src/servers/trap/records/request_record.ts";
import { settle } from "../../../support/deadline.ts";
import { toRequestRecord } from "../../../../src/servers/trap/records/to_record.ts";
import { storedRequest } from "../stored_requests.ts";

function record(number: number): RequestRecord {
  return toRequestRecord(storedRequest(`id-${String(number).padStart(5, "0")}`));
}

/** Records from one number to another, the oldest first. */
function range(from: number, to: number): RequestRecord[] {
  return Array.from({ length: to - from + 1 }, (_, i) => record(from + i));
}

/** A list, and the server as the list sees it. */
class Stage {
  /** The server's requests. */
  kept: RequestRecord[] = [];
  /** The calls so far. */
  readonly calls: string[] = [];
  /** If set, the server responds when this resolves. */
  gate: Promise<void> = Promise.resolve();
  fails = false;
  nowMs = 0;
  #wake: () => void = () => {};

  readonly list = new LiveList({
    api: { list: (filters, page) => this.#list(filters, page) },
    onChange: () => {},
    wait: () => new Promise<void>((resolve) => this.#wake = resolve),
    nowMs: () => this.nowMs,
  });

  /** A request arrives, and the page hears of it. */
  async receive(records: readonly RequestRecord[]): Promise<void> {
    this.kept.push(...records);
    this.list.receive(records);
    await settle();
  }

  /** Ends the pause between two queries. */
  async wake(): Promise<void> {
    this.#wake();
    await settle();
  }

  /** The numbers of the rows, the newest first. */
  get numbers(): number[] {
    const { rows } = this.list;
    return Array.from({ length: rows.size }, (_, i) => Number(rows.at(i)?.id.slice(3)));
  }

  async #list(...[filters, { limit, before }]: Parameters<TrapApi["list"]>): Promise<RequestRecord[]> {
    this.calls.push(`${describe(filters)} before ${before ?? "-"}`);
    const found = this.kept.filter(({ id }) => before === undefined || id < before).slice(-limit).reverse();
    await this.gate;
    if (this.fails) throw new Error("The trap said 500.");
    return found;
  }
}

function describe({ text, method, path, errorsOnly }: Filters): string {
  return [text, method, path, errorsOnly ? "errors" : ""].join("/");
}

async function loaded(kept: RequestRecord[]): Promise<Stage> {
  const stage = new Stage();
  stage.kept = kept;
  await stage.list.reload();
  return stage;
}

Deno.test("LiveList shows existing requests, then new ones, without asking again", async () => {
  const stage = await loaded(range(1, 2));
  await stage.receive([record(3)]);
  await stage.receive([record(5), record(4)]);
  assertEquals(stage.numbers, [5, 4, 3, 2, 1]);
  assertEquals(stage.calls.length, 1);
  assertEquals({ isLoading: stage.list.isLoading, hasMore: stage.list.hasMore }, {
    isLoading: false,
    hasMore: false,
  });
});

Deno.test("LiveList loses no request that comes while the first page loads", async () => {
  const stage = new Stage();
  let open = () => {};
  stage.gate = new Promise((resolve) => open = resolve);
  stage.kept = range(1, 3);
  const reloaded = stage.list.reload();
  await stage.receive([record(4)]);
  await stage.list.forget({ ids: ["id-00002"] });
  open();
  await reloaded;
  assertEquals(stage.numbers, [4, 3, 1]);
});

Deno.test("LiveList loads older pages until there are no more", async () => {
  const stage = await loaded(range(1, 450));
  assertEquals({ rowCount: stage.list.rows.size, hasMore: stage.list.hasMore }, {
    rowCount: 200,
    hasMore: true,
  });
  await Promise.all([stage.list.loadMore(), stage.list.loadMore()]);
  await stage.list.loadMore();
  await stage.list.loadMore();
  assertEquals(
    { rowCount: stage.list.rows.size, hasMore: stage.list.hasMore, callCount: stage.calls.length },
    { rowCount: 450, hasMore: false, callCount: 3 },
  );
});

Deno.test("LiveList holds still while it is paused, and shows everything when it goes on", async () => {
  const stage = await loaded(range(1, 1));
  stage.list.setPaused(true);
  for (let i = 2; i <= 302; i++) await stage.receive([record(i)]);
  assertEquals([stage.numbers, stage.list.heldCount], [[1], 301]);
  stage.list.setPaused(false);
  assertEquals([stage.list.rows.size, stage.list.heldCount, stage.calls.length], [302, 0, 1]);
});

Deno.test("LiveList with filters asks the server for matches, and pauses between two queries", async () => {
  const stage = await loaded(range(1, 1));
  await stage.list.narrow({ text: "x", errorsOnly: true });
  assertEquals(stage.calls.at(-1), "x///errors before -");
  await stage.receive([record(2)]);
  assertEquals([stage.numbers, stage.calls.length], [[2, 1], 3]);
  await stage.receive([record(3)]);
  await stage.receive([record(4)]);
  assertEquals([stage.numbers, stage.calls.length], [[2, 1], 3], "it rests");
  await stage.wake();
  assertEquals([stage.numbers, stage.calls.length], [[4, 3, 2, 1], 4]);
  await stage.wake();
  await stage.list.clearFilters();
  assertEquals({ isUnfiltered: stage.list.isUnfiltered, callCount: stage.calls.length }, {
    isUnfiltered: true,
    callCount: 5,
  });
});

Deno.test("LiveList begins anew if more requests match than a page holds", async () => {
  const stage = await loaded([]);
  await stage.list.narrow({ path: "/a" });
  await stage.receive(range(1, 1));
  await stage.wake();
  await stage.receive(range(2, 300));
  assertEquals({ rowCount: stage.list.rows.size, newest: stage.numbers[0], hasMore: stage.list.hasMore }, {
    rowCount: 200,
    newest: 300,
    hasMore: true,
  });
  await stage.wake();
});

Deno.test("LiveList drops the response to older filters", async () => {
  const stage = await loaded(range(1, 2));
  let open = () => {};
  stage.gate = new Promise((resolve) => open = resolve);
  const first = stage.list.narrow({ method: "GET" });
  stage.kept = range(7, 7);
  stage.gate = Promise.resolve();
  await stage.list.narrow({ method: "PUT" });
  open();
  await first;
  assertEquals(stage.numbers, [7]);
});

Deno.test("LiveList forgets deleted requests, and says why it cannot show anything", async () => {
  const stage = await loaded(range(1, 4));
  await stage.list.forget({ ids: ["id-00002", "id-00009"] });
  assertEquals(stage.numbers, [4, 3, 1]);
  stage.kept = [];
  await stage.list.forget({ all: true });
  assertEquals(stage.numbers, []);
  stage.fails = true;
  await stage.list.reload();
  assertEquals(stage.list.problem, "The trap said 500.");
});

Deno.test("LiveList offers the methods that were seen, up to a bound", async () => {
  const stage = await loaded([]);
  await stage.receive(Array.from({ length: 100 }, (_, i) => ({ ...record(i), method: `M${i}` })));
  assertEquals({ hasM0: stage.list.methods.has("M0"), methodCount: stage.list.methods.size }, {
    hasM0: true,
    methodCount: 50,
  });
});

Deno.test("RequestRows sorts by id, replaces known requests, and forgets the oldest", () => {
  const rows = new RequestRows(3);
  assertEquals(rows.add([record(2), record(1)].map(rowOf)), false);
  rows.add([{ ...rowOf(record(1)), method: "PUT" }]);
  assertEquals([rows.size, rows.at(1)?.method, rows.indexOf("id-00001"), rows.indexOf("id-00003")], [
    2,
    "PUT",
    1,
    -1,
  ]);
  assertEquals(rows.add([record(4), record(3)].map(rowOf)), true);
  assertEquals([rows.at(0)?.id, rows.at(2)?.id, rows.at(3), rows.indexOf("id-00001")], [
    "id-00004",
    "id-00002",
    undefined,
    -1,
  ]);
});

Deno.test("rowOf() says how a response to the client ended, unless it is complete", () => {
  const response = {
    kind: "forwarded",
    status: 200,
    headers: [],
    trailers: [],
    bodyBytes: 0,
    wireBytes: 9,
    sha256: "",
    end: "aborted",
    durationMs: 1,
  } as const;
  assertEquals(rowOf({ ...record(1), response }).responseEnd, "aborted");
  assertEquals(rowOf({ ...record(1), response: { ...response, end: "complete" } }).responseEnd, undefined);
  assertEquals(rowOf({ ...record(1), response: { ...response, kind: "replayed" } }).responseEnd, undefined);
});

Deno.test("rowOf() has the type of the content, and the first fault", () => {
  const row = rowOf({
    ...record(1),
    headers: [["CONTENT-type", "Text/HTML ; charset=x"]],
    errors: ["first", "second"],
    truncated: { keptBytes: 1 },
  });
  assertEquals({ contentType: row.contentType, problem: row.problem, isCut: row.isCut }, {
    contentType: "text/html",
    problem: "first",
    isCut: true,
  });
  assertEquals(
    rowOf({ ...record(1), errors: ["x"], malformed: { offset: 1, rule: "rule" } }).problem,
    "rule",
  );
});
