// @ts-check
// One screen for a request: its head, its parameters, the response, and its content.

import { Body } from "../content/body_view.js";
import { Pairs } from "./chain_view.js";
import { cookiesOf, formDecoded } from "../content/form_fields.js";
import { HeadView } from "./head_view.js";
import { html } from "../../../../../program/page/client/html.js";
import { ResponseView } from "./response_view.js";
import { Tokens } from "./token_view.js";
import { countOf } from "../text/sizes_and_times.js";

/** @import { VNode } from "preact" */
/** @import { TrapRecord } from "../page_types.ts" */
/** @import { PageModel } from "../page_model.js" */
/** @import { OpenRequest } from "./open_request.js" */

/**
 * The first view of a request; two columns when there is room.
 *
 * @param {{ model: PageModel, request: OpenRequest, record: TrapRecord }} props
 * @returns {VNode}
 */
export function RequestView({ model, request, record }) {
  const query = record.query.map((
    [name, value],
  ) => /** @type {const} */ ([formDecoded(name), formDecoded(value)]));
  return html`
    <div class="one-screen" role="group" aria-label="Request and response">
      <section class="column" tabindex="0" aria-label="Head and parameters">
        <${Pairs} title="Query" pairs=${query} />
        <section class="block">
          <h3>${record.headers.length === 0 ? "Head" : countOf(record.headers.length, "field")}</h3>
          <${HeadView} request=${request} />
        </section>
        <${Signature} record=${record} />
        <${ResponseView} record=${record} api=${model.api} />
        <${Pairs} title="Cookies" pairs=${cookiesOf(record.headers)} />
        <${Tokens} tokens=${request.tokens} />
      </section>
      <section class="column content-column" tabindex="0" aria-label="Content">
        <${Body} model=${model} request=${request} />
      </section>
    </div>
  `;
}

const VERDICTS = { valid: "valid", invalid: "not valid", unknown: "not checked" };

/**
 * The result of checking a signature.
 *
 * @param {{ record: TrapRecord }} props
 * @returns {VNode | undefined}
 */
function Signature({ record: { signature } }) {
  if (signature === undefined) return undefined;
  const { scheme, verdict, reason } = signature;
  return html`
    <section class="block">
      <h3>Signature <span class="status ${verdict}">${scheme}, ${VERDICTS[verdict]}</span></h3>
      ${reason !== "" && html`<p class="note">${reason}</p>`}
    </section>
  `;
}
