import type { Clock } from "../../../base/clock.ts";
import type { HeaderField, HttpHeaders } from "../../../http/headers.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import type { HttpResponse } from "../../../http/response/response.ts";
import { prefersJson } from "../answers/navigation.ts";
import { withFields } from "../../../http/override_fields.ts";
import { type ListingQuery, orderEntries, parseListingQuery } from "./entry_order.ts";
import {
  type EntryReaderParts,
  type FolderEntries,
  type ListedFolder,
  readEntries,
} from "./folder_entries.ts";
import { KnownNames } from "./known_names.ts";
import { listingPageFields } from "./listing_look.ts";
import { type ListingFrame, listingHead, listingObject, listingTail, RowWriter } from "./listing_page.ts";
import { SharedPieces } from "./shared_pieces.ts";

/** Parts of {@linkcode Listings}. */
export interface ListingsParts extends Omit<EntryReaderParts, "names"> {
  /** Decides when a listing is dropped. */
  readonly clock: Pick<Clock, "after" | "nowMs" | "monotonicMs">;
  /** Fields of all responses. */
  readonly fields: readonly HeaderField[];
}

/** A folder that was read a moment ago, with the documents made from it. */
interface FreshListing {
  readonly entries: Promise<FolderEntries>;
  readonly readAtMs: number;
  /** By form, order and filter. */
  readonly forms: Map<string, SharedPieces>;
}

// A change shows within this time, as with files in memory.
const FRESH_MS = 1_000;
// Beyond it the oldest is dropped; a client that still reads it keeps it.
const MAX_FRESH = 16;
// The bytes of a large listing are some 20 MB, in each order and with each filter.
const MAX_FORMS = 8;
const LARGE_COUNT = 10_000;
// HEAD has the fields of GET; nothing is read for it.
const UNSENT: AsyncIterable<Uint8Array> = new SharedPieces({
  count: 0,
  head: "",
  tail: "",
  writeRow: () => {},
});

/**
 * Lists folders. However many clients ask for a folder at once, it is read once, and all of them get the same
 * bytes.
 */
export class Listings {
  readonly #parts: ListingsParts;
  readonly #names: KnownNames;
  readonly #fresh = new Map<string, FreshListing>();
  readonly #pageFields = listingPageFields();
  #stopForgetting: (() => void) | undefined;

  /** Takes the parts, without reading anything yet. */
  constructor(parts: ListingsParts) {
    this.#parts = parts;
    this.#names = new KnownNames(parts);
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
    const listing = this.#read(folder);
    const query = parseListingQuery(request.query);
    const entries = await listing.entries;
    const key = `${isJson} ${query.sort} ${query.isDescending} ${query.filter}`;
    let body = listing.forms.get(key);
    if (body === undefined) {
      body = isJson ? toJson(entries, query) : toPage(entries, query, folder.segments);
      if (listing.forms.size >= (entries.names.length > LARGE_COUNT ? 1 : MAX_FORMS)) listing.forms.clear();
      listing.forms.set(key, body);
    }
    return { status: 200, headers, body };
  }

  /** Forgets all listings. */
  close(): void {
    this.#stopForgetting?.();
    this.#stopForgetting = undefined;
    this.#fresh.clear();
    this.#names.clear();
  }

  #headersOf(isJson: boolean): HttpHeaders {
    const own: readonly HeaderField[] = isJson ? [["Content-Type", "application/json"]] : this.#pageFields;
    return withFields([...own, ["Cache-Control", "no-store"], ["Vary", "Accept"]], this.#parts.fields);
  }

  #read(folder: ListedFolder): FreshListing {
    const { path, nowMs } = folder;
    const known = this.#fresh.get(path);
    if (known !== undefined && nowMs >= known.readAtMs && nowMs - known.readAtMs < FRESH_MS) return known;
    const entries = readEntries({ ...this.#parts, names: this.#names }, folder);
    const listing = { entries, readAtMs: nowMs, forms: new Map<string, SharedPieces>() };
    // A folder that could not be read is read again at the next request.
    entries.catch(() => this.#fresh.delete(path));
    this.#fresh.delete(path);
    const [oldest] = this.#fresh.keys();
    if (oldest !== undefined && this.#fresh.size >= MAX_FRESH) this.#fresh.delete(oldest);
    this.#fresh.set(path, listing);
    this.#stopForgetting?.();
    this.#stopForgetting = this.#parts.clock.after(FRESH_MS, () => this.#fresh.clear());
    return listing;
  }
}

function toPage(entries: FolderEntries, query: ListingQuery, segments: readonly string[]): SharedPieces {
  const order = orderEntries(entries, query);
  const rows = new RowWriter(entries);
  const frame: ListingFrame = { segments, query, count: order.length };
  return new SharedPieces({
    count: order.length,
    head: listingHead(frame),
    tail: listingTail(frame),
    writeRow: (into, place) => rows.write(into, order[place]!),
  });
}

function toJson(entries: FolderEntries, query: ListingQuery): SharedPieces {
  const order = orderEntries(entries, query);
  return new SharedPieces({
    count: order.length,
    head: "[",
    tail: "]\n",
    writeRow: (into, place) => into.text((place === 0 ? "" : ",") + listingObject(entries, order[place]!)),
  });
}
