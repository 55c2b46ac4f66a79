// @ts-check
/// <reference lib="dom" />
// The content of a request, in the form that suits it or that the user has chosen.

import { latin1Of, looksLikeText, readableText, textOfContent } from "../text/bytes.js";
import { Captured, CapturedLines } from "../text/captured.js";
import { Pairs } from "../detail/chain_view.js";
import { saveFile } from "../copy/clipboard.js";
import { copyPlain } from "../copy/copy_form.js";
import { formFields } from "./form_fields.js";
import { HexView } from "./hex_view.js";
import { ImageView } from "./image_view.js";
import { html } from "../../../../../program/page/client/html.js";
import { JsonView } from "./json_view.js";
import { XmlView } from "./xml_view.js";
import { multipartParts } from "./multipart_parts.js";
import { countOf, countText } from "../text/sizes_and_times.js";

/** @import { VNode } from "preact" */
/** @import { PageModel } from "../page_model.js" */
/** @import { BodyView } from "../page_choices.js" */
/** @import { MultipartPart } from "../page_types.ts" */
/** @import { OpenRequest } from "../detail/open_request.js" */

/** @type {readonly (readonly [BodyView, string])[]} */
const VIEWS = [
  ["text", "Text"],
  ["json", "JSON"],
  ["xml", "XML"],
  ["form", "Form"],
  ["parts", "Multipart"],
  ["image", "Image"],
  ["hex", "Hex"],
];
// Browsers draw these types without running any part of them.
const IMAGE_TYPE = /^image\/(?:png|jpeg|gif|webp|avif|bmp)$/;

// Text is laid out as a whole; more of it makes browsers slow.
const MAX_TEXT_LENGTH = 262_144;
const MAX_PARTS = 200;

/**
 * The content with the choice of forms above it.
 *
 * @param {{ model: PageModel, request: OpenRequest }} props
 * @returns {VNode}
 */
export function Body({ model, request }) {
  const { record, content, body, contentNote } = request;
  if (record === undefined || body.totalBytes === 0) {
    return html`<p class="note">The request has no content.</p>`;
  }
  const view = model.bodyView ?? suitableView(content, request.contentType);
  const cut = body.bytes.length < body.totalBytes
    ? `The first ${countText(body.bytes.length)} of ${countOf(body.totalBytes, "byte")}.`
    : "";
  return html`
    <div class="views" role="group" aria-label="Form of the content">
      ${VIEWS.filter(([name]) => isOffered(name, request)).map(([name, label]) =>
        html`
          <button type="button" key=${name} aria-pressed=${String(view === name)} class="segment"
            onClick=${() => model.show({ bodyView: name })}>${label}</button>
        `
      )}
      <span class="note">${contentNote} ${cut}</span>
      ${cut !== "" && html`<button type="button" onClick=${() => request.load(Infinity)}>Fetch all</button>`}
    </div>
    ${drawView(view, request, model)}
  `;
}

/**
 * Whether a form gets a button: XML and images only if the content may be XML or an image.
 *
 * @param {BodyView} view
 * @param {OpenRequest} request
 * @returns {boolean}
 */
function isOffered(view, { content, contentType }) {
  const suitable = suitableView(content, contentType);
  return (view !== "xml" && view !== "image") || suitable === view;
}

/**
 * The form that suits content.
 *
 * @param {Uint8Array<ArrayBuffer>} content
 * @param {string} contentType
 * @returns {BodyView}
 */
export function suitableView(content, contentType) {
  const type = contentType.toLowerCase();
  if (type.startsWith("multipart/")) return "parts";
  if (IMAGE_TYPE.test(type.split(";", 1)[0] ?? "")) return "image";
  if (!looksLikeText(content)) return "hex";
  if (/[/+]json|ndjson/.test(type) || /^\s*[{[]/.test(latin1Of(content.subarray(0, 100)))) return "json";
  if (/[/+]xml(?:;|$)/.test(type) || /^\s*<\?xml\s/.test(latin1Of(content.subarray(0, 100)))) return "xml";
  return type.startsWith("application/x-www-form-urlencoded") ? "form" : "text";
}

/**
 * @param {BodyView} view
 * @param {OpenRequest} request
 * @param {PageModel} model
 * @returns {VNode}
 */
function drawView(view, { content, contentType, extent }, model) {
  switch (view) {
    case "json":
      return html`
        <${JsonView} text=${textOfContent(content, contentType)} extent=${extent}
          copy=${(/** @type {string} */ text) => copyPlain(model, { text, notes: [] }, "value")} />
      `;
    case "xml":
      return html`<${XmlView} text=${textOfContent(content, contentType)} extent=${extent} />`;
    case "image":
      return html`<${ImageView} content=${content} contentType=${contentType} />`;
    case "form":
      return html`
        <div tabindex="0" class="scroll">
          <${Pairs} title="Form fields" pairs=${formFields(latin1Of(content))} />
        </div>
      `;
    case "parts":
      return html`<${PartsView} content=${content} contentType=${contentType} />`;
    case "hex":
      return html`<${HexView} bytes=${content} label="Content in hexadecimal digits" />`;
    default:
      return html`
        <div tabindex="0" class="scroll">
          <${TextView} text=${textOfContent(content, contentType)} />
        </div>
      `;
  }
}

/**
 * @param {{ text: string }} props
 * @returns {VNode}
 */
function TextView({ text }) {
  return html`
    <${CapturedLines} text=${text.slice(0, MAX_TEXT_LENGTH)} />
    ${text.length > MAX_TEXT_LENGTH && html`
      <p class="note">The first ${countText(MAX_TEXT_LENGTH)} of ${countOf(
        text.length,
        "character",
      )}. Hex shows more, the
        download has all.</p>
    `}
  `;
}

/**
 * @param {{ content: Uint8Array<ArrayBuffer>, contentType: string }} props
 * @returns {VNode}
 */
function PartsView({ content, contentType }) {
  const { parts, problem } = multipartParts(content, contentType);
  return html`
    <div tabindex="0" class="scroll">
      ${problem !== "" && html`<p class="note bad">${problem}</p>`}
      ${parts.slice(0, MAX_PARTS).map((part, i) => html`<${Part} part=${part} number=${i + 1} />`)}
      ${parts.length > MAX_PARTS &&
        html`<p class="note">${MAX_PARTS} of ${countOf(parts.length, "part")}.</p>`}
    </div>
  `;
}

/**
 * @param {{ part: MultipartPart, number: number }} props
 * @returns {VNode}
 */
function Part({ part, number }) {
  const { name, fileName, bytes, contentType } = part;
  const preview = looksLikeText(bytes)
    ? html`<${TextView} text=${textOfContent(bytes, contentType)} />`
    : html`<${HexView} bytes=${bytes} label=${`Part ${number} in hexadecimal digits`} />`;
  return html`
    <section class="part">
      <header>
        <h3>Part ${number}</h3>
        ${name !== undefined && html`<span class="name"><${Captured} text=${name} /></span>`}
        ${fileName !== undefined && html`<span class="file"><${Captured} text=${fileName} /></span>`}
        <span class="size">${countOf(bytes.length, "byte")}</span>
        <button type="button" onClick=${() => saveFile(bytes, `part-${number}.bin`)}>Download</button>
      </header>
      <ul class="part-head">
        ${part.headers.map(([field, value]) =>
          html`
            <li><span class="name"><${Captured} text=${field} /></span>: <${Captured} text=${readableText(
              value,
            )} /></li>
          `
        )}
      </ul>
      <div class="preview" tabindex="0">${preview}</div>
    </section>
  `;
}
