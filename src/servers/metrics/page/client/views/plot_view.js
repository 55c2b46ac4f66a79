// @ts-check
/// <reference lib="dom" />
// Several series in one plot: zoom by drag, one cursor, a legend that counts.

import { downloadCsv, downloadJson, downloadPng } from "../downloads.js";
import { isStoreName } from "../page_state.js";
import { Component, html } from "../../../../../program/page/client/html.js";
import { Icon } from "../../../../../program/page/client/icons.js";
import { shortNumber, timeLabels, timeText } from "../numbers.js";
import UPlot from "uplot";

/** @import { VNode } from "preact" */
/** @import { Model } from "../model.js" */
/** @import { PageState } from "../page_types.ts" */
/** @import { Summary } from "../plotted.js" */

// Hues that can be distinguished in light and in dark, also with red-green colour blindness.
const COLOURS = [
  "#0284c7",
  "#d97706",
  "#059669",
  "#c026d3",
  "#dc2626",
  "#4f46e5",
  "#65a30d",
  "#0891b2",
  "#db2777",
  "#78716c",
];
const PLOT_HEIGHT = 360;
/** @type {readonly (readonly [PageState["transform"], string])[]} */
const TRANSFORMS = [
  ["none", "as stored"],
  ["rate", "rate, per second"],
  ["average", "average of all"],
  ["sum", "sum of all"],
];

/**
 * @param {number} index
 * @returns {string}
 */
export function colourOf(index) {
  return /** @type {string} */ (COLOURS[index % COLOURS.length]);
}

/**
 * @param {{ model: Model }} props
 * @returns {VNode}
 */
export function PlotView({ model }) {
  const { targets, transform } = model.state;
  if (targets.length === 0) {
    return html`
      <div class="nothing-open">
        <${Icon} name="wheel" />
        <p>Choose a name, or type a glob such as <code>servers.*.load</code>.</p>
      </div>
    `;
  }
  return html`
    <div class="plot-page scroll">
      <ul class="targets" aria-label="Plotted">
        ${targets.map((target) =>
          html`
            <li>
              <code>${target}</code>
              <button type="button" class="icon-button" aria-label="Remove ${target}"
                onClick=${() => model.removeTarget(target)}><${Icon} name="close" /></button>
              ${isStoreName(target) &&
                html`
                  <button type="button" class="icon-button danger" aria-label="Delete ${target}"
                    title="Delete the samples" onClick=${() =>
                      model.show({
                        dialog: { kind: "delete", name: target },
                      })}><${Icon} name="bin" /></button>
                `}
            </li>
          `
        )}
      </ul>
      <div class="tools">
        <label><span class="label">Show</span>
          <select id="transform" value=${transform} onChange=${(/** @type {Event} */ event) =>
            model.go({
              transform: /** @type {PageState["transform"]} */ (
                /** @type {HTMLSelectElement} */ (event.currentTarget).value
              ),
            })}>
            ${TRANSFORMS.map(([name, label]) => html`<option value=${name}>${label}</option>`)}
          </select>
        </label>
        <button type="button" onClick=${() => model.show({ dialog: { kind: "save" } })}>Save as board</button>
        <button type="button" onClick=${() => downloadCsv(shownSeries(model))}>CSV</button>
        <button type="button" onClick=${() => downloadJson(shownSeries(model))}>JSON</button>
        <button type="button" onClick=${() => downloadPng(shownLines(model))}>PNG</button>
      </div>
      <${Plot} model=${model} plotted=${model.plotted} hidden=${model.hidden} />
      <${Legend} model=${model} />
    </div>
  `;
}

/** The series that are not hidden. @param {Model} model */
function shownSeries({ plotted, hidden }) {
  return plotted.filter(({ target }) => !hidden.has(target));
}

/** Their lines in the plot. @param {Model} model */
function shownLines({ plotted, hidden }) {
  return plotted
    .map(({ target }, index) => ({ target, colour: colourOf(index) }))
    .filter(({ target }) => !hidden.has(target));
}

/**
 * The drawing. uPlot draws it on a canvas of its own.
 *
 * @extends {Component<{ model: Model, plotted: Model["plotted"], hidden: Model["hidden"] }>}
 */
class Plot extends Component {
  /** @type {HTMLElement | null} */
  #place = null;
  /** @type {UPlot | undefined} */
  #plot;
  #names = "";
  /** @type {ResizeObserver | undefined} */
  #observer;

  /** @override */
  componentDidMount() {
    const place = /** @type {HTMLElement} */ (this.#place);
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(place);
    this.props.model.width = place.clientWidth;
    this.#update();
  }

  /** @override */
  shouldComponentUpdate() {
    return false;
  }

  /**
   * @override
   * @param {Plot["props"]} next
   */
  componentWillReceiveProps(next) {
    const isSame = next.plotted === this.props.plotted && next.hidden === this.props.hidden;
    if (!isSame) queueMicrotask(() => this.#update());
  }

  /** @override */
  componentWillUnmount() {
    this.#observer?.disconnect();
    this.#plot?.destroy();
  }

  /** @override */
  render() {
    return html`<div class="plot" ref=${(/** @type {HTMLElement | null} */ place) =>
      this.#place = place}></div>`;
  }

  #update() {
    const { model, hidden } = this.props;
    const { plotted, rows } = model.digest;
    const names = JSON.stringify([plotted.map(({ target }) => target), [...hidden], resolved("--quiet")]);
    const data = /** @type {UPlot.AlignedData} */ (rows);
    if (names === this.#names) {
      this.#plot?.setData(data);
      return;
    }
    this.#names = names;
    this.#plot?.destroy();
    this.#plot = new UPlot(this.#options(), data, /** @type {HTMLElement} */ (this.#place));
  }

  #resize() {
    const { model } = this.props;
    model.width = /** @type {HTMLElement} */ (this.#place).clientWidth;
    this.#plot?.setSize({ width: model.width, height: PLOT_HEIGHT });
  }

  /** @returns {UPlot.Options} */
  #options() {
    const { model, hidden } = this.props;
    const { plotted } = model.digest;
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const quiet = resolved("--quiet");
    const grid = { stroke: resolved("--line"), width: 1 };
    return {
      width: model.width,
      height: PLOT_HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: true, y: false } },
      series: [
        {},
        ...plotted.map(({ target }, index) => ({
          label: target,
          stroke: colourOf(index),
          width: 1.5,
          show: !hidden.has(target),
          spanGaps: false,
          points: { show: plotted[index]?.datapoints.length === 1 },
        })),
      ],
      axes: [
        { stroke: quiet, grid, ticks: grid, font, values: (_plot, splits) => timeLabels(splits) },
        {
          stroke: quiet,
          grid,
          ticks: grid,
          font,
          size: 70,
          values: (_plot, splits) => splits.map(shortNumber),
        },
      ],
      hooks: {
        setSelect: [(plot) => this.#zoom(plot)],
        setCursor: [(plot) => model.pointAt(plot.cursor.idx ?? undefined)],
      },
    };
  }

  /** @param {UPlot} plot */
  #zoom(plot) {
    const { left, width } = plot.select;
    if (width < 5) return;
    const from = Math.floor(plot.posToVal(left, "x"));
    const until = Math.ceil(plot.posToVal(left + width, "x"));
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.props.model.go({ from: String(from), until: String(until), refresh: 0 });
  }
}

/** A colour of the page as a canvas takes it. @param {string} name */
function resolved(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/**
 * @param {{ model: Model }} props
 * @returns {VNode}
 */
function Legend({ model }) {
  const { rows: [times = [], ...rows], summaries } = model.digest;
  const place = model.cursor;
  const time = place === undefined ? undefined : times[place];
  return html`
    <table class="legend">
      <thead>
        <tr>
          <th scope="col">Series</th>
          <th scope="col" class="number">${time === undefined
            ? "Last"
            : timeText(Number(time)).slice(11)}</th>
          ${["Min", "Max", "Average"].map((name) => html`<th scope="col" class="number">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${model.plotted.map(({ target }, index) => {
          const { last, min, max, average } = /** @type {Summary} */ (summaries[index]);
          const isHidden = model.hidden.has(target);
          return html`
            <tr>
              <td>
                <button type="button" class="series-name" aria-pressed=${String(!isHidden)}
                  onClick=${() => model.toggleHidden(target)}>
                  <span class="swatch" style=${{ background: colourOf(index) }}></span> ${target}
                </button>
              </td>
              ${[place === undefined ? last : rows[index]?.[place], min, max, average].map((value) =>
                html`<td class="number">${shortNumber(value)}</td>`
              )}
            </tr>
          `;
        })}
      </tbody>
    </table>
  `;
}
