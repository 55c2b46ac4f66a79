// @ts-check
/// <reference lib="dom" />
// The state of the page, and its actions.

import { expressionsOf, FIRST_STATE, readState, writeState } from "./page_state.js";
import { alignPoints, summarize } from "./plotted.js";

/** @import { Board, MetricsApi, PageState, Plotted, SeriesRow, ServerStatus } from "./page_types.ts" */

// A point for every two pixels is all that a line can show.
const PIXELS_A_POINT = 2;
const MAX_STATUS_SECONDS = 300;

/** The state of the page. Every change must be followed by a draw. */
export class Model {
  /** @type {PageState} */
  state = FIRST_STATE;
  /** @type {readonly Plotted[]} */
  plotted = [];
  /** @type {readonly SeriesRow[]} */
  series = [];
  /** @type {readonly Board[]} */
  boards = [];
  /** The newest last, one a second. @type {readonly ServerStatus[]} */
  statuses = [];
  /** @type {"connecting" | "live" | "lost"} */
  feed = "connecting";
  isLoading = false;
  problem = "";
  /** The series that are hidden in the plot. @type {ReadonlySet<string>} */
  hidden = new Set();
  /** The question to confirm. @type {{ kind: "delete", name: string } | { kind: "save" } | undefined} */
  dialog = undefined;
  /**
   * The place of the cursor among the times; undefined if it is not on the plot. @type {number | undefined}
   */
  cursor = undefined;
  width = 800;
  api;
  #draw;
  #loads = 0;
  /** @type {ReturnType<typeof digest> | undefined} */
  #digest;

  /**
   * @param {MetricsApi} api
   * @param {() => void} draw
   */
  constructor(api, draw) {
    this.api = api;
    this.#draw = draw;
  }

  /** The newest status. */
  get status() {
    return this.statuses[this.statuses.length - 1];
  }

  /** The plotted series as views show them; made once, because each move of the cursor draws them. */
  get digest() {
    if (this.#digest?.plotted !== this.plotted) this.#digest = digest(this.plotted);
    return this.#digest;
  }

  /** Takes the state from the address. */
  followAddress() {
    this.state = readState(location.search);
    this.load();
  }

  /**
   * Changes the state, and the address with it.
   *
   * @param {Partial<PageState>} change
   */
  go(change) {
    this.state = { ...this.state, ...change };
    history.pushState(undefined, "", location.pathname + writeState(this.state));
    this.load();
  }

  /**
   * Shows something that is not in the address.
   *
   * @param {Partial<Pick<Model, "dialog" | "problem" | "hidden" | "feed" | "width">>} change
   */
  show(change) {
    Object.assign(this, change);
    this.#draw();
  }

  /** @param {number | undefined} cursor */
  pointAt(cursor) {
    if (cursor === this.cursor) return;
    this.cursor = cursor;
    this.#draw();
  }

  /** @param {string} target */
  addTarget(target) {
    if (target === "" || this.state.targets.includes(target)) return;
    this.go({ targets: [...this.state.targets, target], view: "plot" });
  }

  /** @param {string} target */
  removeTarget(target) {
    this.go({ targets: this.state.targets.filter((other) => other !== target) });
  }

  /** @param {string} target */
  toggleHidden(target) {
    const hidden = new Set(this.hidden);
    if (!hidden.delete(target)) hidden.add(target);
    this.show({ hidden });
  }

  /** Fetches the data of the view; the result of an older call is dropped. */
  async load() {
    const load = ++this.#loads;
    this.isLoading = true;
    this.#draw();
    try {
      const found = await this.#fetch();
      if (load !== this.#loads) return;
      Object.assign(this, found, { problem: "", isLoading: false });
    } catch (error) {
      if (load !== this.#loads) return;
      this.problem = error instanceof Error ? error.message : String(error);
      this.isLoading = false;
    }
    this.#draw();
  }

  /** @returns {Promise<Partial<Pick<Model, "plotted" | "series" | "boards">>>} */
  async #fetch() {
    const { view, from, until, order, search } = this.state;
    switch (view) {
      case "series":
        return { series: await this.api.series(order, search) };
      case "boards":
        return { boards: await this.api.boards() };
      case "health":
        return {};
      default: {
        const expressions = expressionsOf(this.state);
        const points = Math.max(50, Math.round(this.width / PIXELS_A_POINT));
        if (expressions.length === 0) return { plotted: [] };
        return { plotted: await this.api.render(expressions, { from, until, points }) };
      }
    }
  }

  /**
   * Takes a status, which comes once a second: the clock of all refreshing.
   *
   * @param {ServerStatus} status
   */
  receive(status) {
    this.statuses = [...this.statuses, status].slice(-MAX_STATUS_SECONDS);
    const { refresh } = this.state;
    if (refresh > 0 && Math.floor(status.now) % refresh === 0 && !this.isLoading && !document.hidden) {
      this.load();
    } else this.#draw();
  }

  /** @param {string} name */
  async remove(name) {
    await this.#change(() => this.api.remove(name));
    this.go({ targets: this.state.targets.filter((target) => target !== name) });
  }

  /** @param {string} name */
  async saveBoard(name) {
    await this.#change(async () => {
      const others = (await this.api.boards()).filter((board) => board.name !== name);
      await this.api.saveBoards([...others, { name, query: writeState({ ...this.state, view: "plot" }) }]);
    });
  }

  /** @param {string} name */
  async removeBoard(name) {
    await this.#change(() => this.api.saveBoards(this.boards.filter((board) => board.name !== name)));
    this.load();
  }

  /** @param {() => Promise<void>} change */
  async #change(change) {
    this.dialog = undefined;
    try {
      await change();
      this.problem = "";
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this.#draw();
  }
}

/** @param {readonly Plotted[]} plotted */
function digest(plotted) {
  return { plotted, rows: alignPoints(plotted), summaries: plotted.map(summarize) };
}
