// @ts-check
/// <reference lib="dom" />
// Downloads of the series on the page.

import { toCsv } from "./plotted.js";

/** @import { Plotted } from "./page_types.ts" */

/** @param {readonly Plotted[]} plotted */
export function downloadCsv(plotted) {
  save(new Blob([toCsv(plotted)], { type: "text/csv" }), "millrace.csv");
}

/** @param {readonly Plotted[]} plotted */
export function downloadJson(plotted) {
  save(new Blob([JSON.stringify(plotted)], { type: "application/json" }), "millrace.json");
}

/** The plot as it is drawn, on the paper of the page. */
export function downloadPng() {
  const canvas = /** @type {HTMLCanvasElement | null} */ (document.querySelector(".plot canvas"));
  if (canvas === null) return;
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = /** @type {CanvasRenderingContext2D} */ (copy.getContext("2d"));
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => blob !== null && save(blob, "millrace.png"));
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
