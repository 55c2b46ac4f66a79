import type { HeaderField, HttpHeaders } from "../../../http/headers.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import type { HttpResponse } from "../../../http/response/response.ts";
import { socketsLookedAt } from "../../../base/event_loop.ts";
import { prefersJson } from "../answers/navigation.ts";
import { withFields } from "../../../http/override_fields.ts";
import { type ListingQuery, orderEntries, parseListingQuery } from "./entry_order.ts";
import type { FolderEntries } from "./entry_columns.ts";
import type { ListedFolder } from "./folder_entries.ts";
import { FolderLooks, type FolderLooksParts } from "./folder_looks.ts";
import { stateOf } from "./folder_state.ts";
import { listingPageFields } from "./listing_look.ts";
import { type ListingFrame, listingHead, listingObject, listingTail, RowWriter } from "./listing_page.ts";
import { RecentlyUsed } from "./recently_used.ts";
import { type RowedText, SharedPieces } from "./shared_pieces.ts";

/** Parts of {@linkcode Listings}. */
export interface ListingsParts extends FolderLooksParts {
  /** Fields of all responses. */
  readonly fields: readonly HeaderField[];
}

/** The form of a document. */
interface ListingForm {
  readonly isJson: boolean;
  readonly query: ListingQuery;
}

/** A document in memory, all of it or a part. */
interface KeptDocument {
  /** Its folder and its form. */
  readonly key: string;
  readonly entries: FolderEntries;
  readonly body: SharedPieces;
}

// All documents together. That of 10,000 entries has 1.8 MB; of one with 100,000 the order alone is kept.
const MAX_DOCUMENT_BYTES = 8_388_608;
// The part of a document that is not its bytes.
const DOCUMENT_BYTES = 4_096;
const ENTRY_BYTES = 64;
// The size of a folder itself: some 40,000 short names on ext4.
const MAX_PREPARED_BYTES = 1_048_576;
// HEAD has the fields of GET; nothing is read for it.
const UNSENT: AsyncIterable<Uint8Array> = new SharedPieces({
  count: 0,
  head: "",
  tail: "",
  writeRow: () => {},
});

/**
 * Lists folders. However many clients ask for a folder at once, it is read once, and all of them get the same
 * bytes. The documents that were sent last are kept, for as long as their entries do not change.
 */
export class Listings {
  readonly #parts: ListingsParts;
  readonly #looks: FolderLooks;
  readonly #documents = new RecentlyUsed<KeptDocument>(MAX_DOCUMENT_BYTES);
  // One that is too large is shared while clients read it.
  #large: WeakRef<KeptDocument> | undefined;
  readonly #pageFields = listingPageFields();

  /** Takes the parts, without reading anything yet. */
  constructor(parts: ListingsParts) {
    this.#parts = parts;
    this.#looks = new FolderLooks(parts);
  }

  /**
   * Responds with the list of a folder: a page, or an array in JSON if the client prefers that.
   *
   * @throws {HttpError} 403, 404 or 503 when it cannot be read
   */
  async respond(request: HttpRequest, folder: ListedFolder): Promise<HttpResponse> {
    const isJson = prefersJson(request.headers);
    const headers = this.#headersOf(isJson);
    if (request.method === "HEAD") return { status: 200, headers, body: UNSENT };
    const entries = await this.#looks.read(folder);
    const form = { isJson, query: parseListingQuery(request.query) };
    return { status: 200, headers, body: this.#documentOf(folder, entries, form) };
  }

  /**
   * Makes the page of a folder in advance, unless the folder is large. The first listing of a process takes three
   * times as long as later ones, because its code is not compiled yet (10,000 entries, Deno 2.9.6).
   *
   * @throws {HttpError} 403, 404 or 503 when it cannot be read
   */
  async prepare(folder: ListedFolder): Promise<void> {
    const state = await stateOf(folder.path, this.#parts.pace);
    if (state === undefined || state.size > MAX_PREPARED_BYTES) return;
    const entries = await this.#looks.read(folder);
    const form = { isJson: false, query: parseListingQuery("") };
    for await (const _ of this.#documentOf(folder, entries, form)) await socketsLookedAt();
  }

  /** Forgets all listings. */
  close(): void {
    this.#looks.clear();
    this.#documents.clear();
  }

  #documentOf({ path, segments }: ListedFolder, entries: FolderEntries, form: ListingForm): SharedPieces {
    const key = JSON.stringify([path, form]);
    const known = this.#documents.get(key) ?? this.#large?.deref();
    if (known?.key === key && known.entries === entries) return known.body;
    const text = form.isJson ? toJson(entries, form.query) : toPage(entries, form.query, segments);
    // Entries that the filter leaves out are held as well.
    const ownBytes = DOCUMENT_BYTES + ENTRY_BYTES * entries.names.length;
    const document: KeptDocument = {
      key,
      entries,
      body: new SharedPieces(text, (bytes) => this.#documents.grow(key, document, ownBytes + bytes)),
    };
    if (!this.#documents.set(key, document, ownBytes)) this.#large = new WeakRef(document);
    return document.body;
  }

  #headersOf(isJson: boolean): HttpHeaders {
    const own: readonly HeaderField[] = isJson ? [["Content-Type", "application/json"]] : this.#pageFields;
    return withFields([...own, ["Cache-Control", "no-store"], ["Vary", "Accept"]], this.#parts.fields);
  }
}

function toPage(entries: FolderEntries, query: ListingQuery, segments: readonly string[]): RowedText {
  const order = orderEntries(entries, query);
  const rows = new RowWriter(entries);
  const frame: ListingFrame = { segments, query, count: order.length };
  return {
    count: order.length,
    head: listingHead(frame),
    tail: listingTail(frame),
    writeRow: (into, place) => rows.write(into, order[place]!),
  };
}

function toJson(entries: FolderEntries, query: ListingQuery): RowedText {
  const order = orderEntries(entries, query);
  return {
    count: order.length,
    head: "[",
    tail: "]\n",
    writeRow: (into, place) => into.text((place === 0 ? "" : ",") + listingObject(entries, order[place]!)),
  };
}
