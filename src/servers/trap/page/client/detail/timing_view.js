// @ts-check
// When the bytes of a request came, piece by piece.

import { html } from "../../../../../program/page/client/html.js";
import { countOf, countText, microsecondsOf, spanText } from "../text/sizes_and_times.js";

/** @import { VNode } from "preact" */
/** @import { TrapRecord } from "../page_types.ts" */

const MAX_PIECES = 500;

/**
 * The reads of a request, each with a bar from the one before it.
 *
 * @param {{ record: TrapRecord }} props
 * @returns {VNode}
 */
export function TimingView({ record }) {
  const { pieces } = record;
  const start = microsecondsOf(pieces[0]?.at ?? record.receivedAt);
  const total = Math.max(1, microsecondsOf(pieces.at(-1)?.at ?? record.receivedAt) - start);
  let offset = 0;
  const rows = pieces.slice(0, MAX_PIECES).map(({ at, bytes }, i) => {
    const since = microsecondsOf(at) - start;
    const before = i === 0 ? 0 : microsecondsOf(pieces[i - 1]?.at ?? at) - start;
    const row = { since, bytes, offset, from: before / total, to: since / total };
    offset += bytes;
    return row;
  });
  return html`
    <div tabindex="0" class="scroll">
      <p class="note">
        ${countOf(record.wireBytes, "byte")} in ${countOf(pieces.length, "piece")}, within ${spanText(total)
          .slice(1)}.
      </p>
      <table class="pieces">
        <thead><tr><th scope="col">Since the first</th><th scope="col">Offset</th><th scope="col">Bytes</th>
          <th scope="col">Waited for</th></tr></thead>
        <tbody>
          ${rows.map((row) =>
            html`
              <tr>
                <td>${spanText(row.since)}</td>
                <td>${countText(row.offset)}</td>
                <td>${countText(row.bytes)}</td>
                <td class="track">
                  <span class="bar-of-time" style=${{
                    left: `${100 * row.from}%`,
                    width: `${100 * (row.to - row.from)}%`,
                  }}></span>
                </td>
              </tr>
            `
          )}
        </tbody>
      </table>
      ${pieces.length > MAX_PIECES &&
        html`<p class="note">${MAX_PIECES} of ${countOf(pieces.length, "piece")}.</p>`}
    </div>
  `;
}
