// @ts-check
// One open request: its record and its bytes, fetched when it is opened.

import { decodedContent } from "../content/content_coding.js";
import { findTokens } from "../content/json_web_token.js";
import { headLength, headLines } from "./wire_head.js";

/** @import { FetchedBytes, HeadLine, JsonWebToken, TrapApi, TrapRecord } from "../page_types.ts" */

// Fetched at once; more on demand.
const FIRST_BYTES = 1_048_576;

/** @type {FetchedBytes} */
const NO_BYTES = { bytes: new Uint8Array(), totalBytes: 0 };

/** A request, as far as it has been fetched. */
export class OpenRequest {
  /** @type {TrapRecord | undefined} */
  record;
  /** The request as it came. */
  raw = NO_BYTES;
  /** Its content as it was sent, without framing. */
  body = NO_BYTES;
  /** The content for reading: without its coding, if the coding can be undone. */
  content = NO_BYTES.bytes;
  contentNote = "";
  /** Whether the content is all that was sent, or its beginning. @type {"whole" | "cut"} */
  extent = "whole";
  /** @type {readonly HeadLine[]} */
  head = [];
  headBytes = 0;
  /** @type {readonly JsonWebToken[]} */
  tokens = [];
  /** Why the request cannot be shown; "" while it can. */
  problem = "";
  /** Goes up with every change. */
  version = 0;
  id;
  #api;
  #onChange;

  /**
   * @param {string} id
   * @param {{ api: Pick<TrapApi, "record" | "bytes">, onChange: () => void }} options
   */
  constructor(id, { api, onChange }) {
    this.id = id;
    this.#api = api;
    this.#onChange = onChange;
  }

  /** Whether some bytes have not been fetched. */
  get isPartial() {
    return this.raw.bytes.length < this.raw.totalBytes || this.body.bytes.length < this.body.totalBytes;
  }

  /** Media type and parameters of the content; "" when the request does not name them. */
  get contentType() {
    return this.record?.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  }

  /**
   * Fetches the parts to show.
   *
   * @param {number} maxBytes the most bytes to fetch of the request, and of its content
   */
  async load(maxBytes = FIRST_BYTES) {
    try {
      const [record, raw, body] = await Promise.all([
        this.#api.record(this.id),
        this.#api.bytes(this.id, "raw", maxBytes),
        this.#api.bytes(this.id, "body", maxBytes),
      ]);
      const { bytes, note, isCut = false } = await decodedContent(
        body.bytes,
        record.headers,
        () => this.#api.bytes(this.id, "decoded", maxBytes),
      );
      this.raw = raw;
      this.body = body;
      this.content = bytes;
      this.contentNote = note;
      const isBroken = record.truncated !== undefined || record.end !== "complete";
      this.extent = isCut || isBroken || body.bytes.length < body.totalBytes ? "cut" : "whole";
      this.head = headLines(raw.bytes);
      this.headBytes = headLength(this.head);
      this.record = record;
      this.tokens = findTokens(record, bytes, this.contentType);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this.version++;
    this.#onChange();
  }

  /** Marks the request as gone. */
  markGone() {
    this.problem = "The request is not kept any more.";
    this.version++;
    this.#onChange();
  }
}
