// Why our peers read content, expectations and the end of a connection differently, and why we do not follow them.

import {
  ALL,
  BUN,
  DENO,
  type Explanation,
  HYPER_AND_BUN,
  NGINX,
  NODE,
  REFUSED,
  SERVED,
} from "./explanation.ts";

/** In the order in which they are tried. */
export const CONTENT: readonly Explanation[] = [ // Lengths and codings.
  {
    peers: ["node:http", "nginx"],
    rows: /^Content-Length: white space around/,
    theirs: REFUSED,
    why: "white space around a value is not part of it (RFC 9110 §5.5: MUST); they take a tab for one",
  },
  {
    peers: ["node:http", "Deno.serve"],
    rows: /2\^(31|32|53|63|64)/,
    theirs: /^open$/,
    why:
      "content larger than the limit is refused before it comes (RFC 9110 §15.5.14); they have no limit, and wait",
  },
  {
    peers: ["nginx"],
    rows: /^Content-Length.*2\^(31|32|53)/,
    theirs: /^4xx, open$/,
    why: "both refuse it; nginx reads on for a while before it ends the connection",
  },
  {
    peers: BUN,
    rows: /^chunked coding: 2\^53$/,
    theirs: /^open$/,
    why: "a chunk beyond 2^53 cannot be counted, and is refused; Bun.serve waits for it",
  },
  {
    peers: NGINX,
    rows: /^chunked coding: 2\^53-1|^chunks that end in two places: 2\^(31|32)/,
    theirs: REFUSED,
    why:
      "chunks are counted as they come, for no size says how many follow; nginx adds up what it is promised, and refuses sooner",
  },
  {
    peers: HYPER_AND_BUN,
    rows: /^Content-Length: twice the same/,
    theirs: SERVED,
    why: "the same length twice is refused, which RFC 9110 §8.6 allows; they take it once",
  },
  {
    peers: BUN,
    rows: /^Content-Length in disguise: many zeros/,
    theirs: REFUSED,
    why: "zeros in front of a length are digits (RFC 9110 §8.6); Bun.serve counts them",
  },
  {
    peers: ["node:http", "Deno.serve"],
    rows: /^Transfer-Encoding|^two readings of a length: TE\.TE/,
    ours: /^5xx/,
    theirs: SERVED,
    why:
      "a coding that is not implemented gets 501 (RFC 9112 §6.1: SHOULD); they pass the content on as it is, still coded",
  },
  {
    peers: ["Deno.serve", "nginx", "Bun.serve"],
    rows: /^Transfer-Encoding|^two readings of a length: (TE\.TE|a length on a line)/,
    ours: /^[45]xx/,
    theirs: REFUSED,
    why:
      "both refuse it: here with 400 if chunked is not the last coding (RFC 9112 §6.3: MUST), with 501 if it is; they do it the other way round",
  },
  {
    peers: ["node:http", "Deno.serve", "nginx"],
    rows: /an empty member of the list|a comma in front|two commas after/,
    theirs: REFUSED,
    why: "empty members of a list are skipped (RFC 9110 §5.6.1.2: MUST); they refuse them",
  },
  {
    peers: ["node:http", "nginx"],
    rows: /^Transfer-Encoding in disguise: (a tab|tabs)/,
    theirs: REFUSED,
    why: "a tab around a value is white space (RFC 9110 §5.5: MUST); they take it for a part of the coding",
  },
  {
    peers: ["node:http", "Deno.serve", "Bun.serve"],
    rows:
      /^Transfer-Encoding.*: (a quote that does not end|an empty value|an empty line of it|in HTTP\/1\.0)/,
    theirs: SERVED,
    why:
      "a coding that is empty, in quotes or of HTTP/1.0 is refused (RFC 9112 §6.1, §6.3); they look at the end of the list alone",
  },
  // Chunks.
  {
    peers: DENO,
    rows: /^(line folding|chunked coding|chunk extensions|trailer section|chunks that end in two places): /,
    ours: /^4xx/,
    theirs: /^closed$/,
    why: "both refuse it: a request with broken content gets 400 here, and from Deno.serve no response",
  },
  {
    peers: ["node:http", "Deno.serve", "Bun.serve"],
    rows:
      /^chunk extensions: (several, with white space|obs-text in a quoted)|^chunks that end in two places: an extension that holds what looks like a request/,
    theirs: /^(4xx, )?closed$/,
    why:
      "extensions are read by their grammar, and bad white space and any quoted text are in it (RFC 9112 §7.1.1: MUST); they refuse them",
  },
  {
    peers: ALL,
    rows: /^chunk extensions: |^chunks that end in two places: .*(an extension|a colon|semicolon)/,
    ours: /^4xx/,
    theirs: SERVED,
    why:
      "extensions that break the grammar are refused; they skip them up to a line end, but not all to the same one",
  },
  {
    peers: ["Deno.serve", "nginx"],
    rows: /^chunked coding: a(ny)? (space|tab)|many spaces in front of zero/,
    theirs: SERVED,
    why: "no white space stands around a size (RFC 9112 §7.1); they skip it",
  },
  {
    peers: NGINX,
    rows:
      /^chunked coding: data shorter|^chunked coding: a request in place|two bytes in place of the last CRLF|no empty line after the last chunk|^line folding: a folded trailer|^trailer section: |^chunks that end in two places: .*trailer/,
    theirs: SERVED,
    why:
      "after the last chunk stand fields and an empty line (RFC 9112 §7.1); nginx reads nothing there but line ends",
  },
  {
    peers: DENO,
    rows: /^trailer section: |^chunks that end in two places: .*trailer/,
    theirs: SERVED,
    why:
      "a trailer that names framing, routing or the connection is refused; Deno.serve drops trailers unread",
  },
  {
    peers: BUN,
    rows:
      /^(line folding: a folded trailer|trailer section|chunk extensions: obs-text (on|between)|chunked coding|chunks that end in two places|pipelining|the end of the connection in every state)/,
    theirs: /^(2xx \S+ \S+, )*2xx POST \/[a-z]*, (4xx, closed|open)$/,
    why:
      "trailers belong to the message (RFC 9112 §7.1.2); Bun.serve responds before them, and takes them for the next request",
  },
  {
    peers: NODE,
    rows: /^trailer section: (Host|Trailer)/,
    theirs: SERVED,
    why:
      "a trailer that names routing is refused (RFC 9110 §6.5.1); node:http refuses some names, and not these",
  },
  // Expectations, offers, ends.
  {
    peers: ALL,
    rows: /an expectation (with a word|after a line|in front of a line)/,
    theirs: SERVED,
    why: "an unknown expectation gets 417 (RFC 9110 §10.1.1: MAY); they ignore it",
  },
  {
    peers: NODE,
    rows: /an empty expectation/,
    theirs: /^4xx, 2xx/,
    why: "an empty list expects nothing (RFC 9110 §5.6.1.2); node:http responds 417",
  },
  {
    peers: NODE,
    rows: /an offer|beside an offer/,
    theirs: /, open$/,
    why:
      "an offer to upgrade is ignored, and the connection goes on (RFC 9110 §7.8); node:http responds and reads no more",
  },
  {
    peers: DENO,
    rows: /an offer of websocket with chunks|beside an offer/,
    theirs: REFUSED,
    why:
      "an offer to upgrade may stand in a request with content; Deno.serve finds no content there, and takes it for the next request",
  },
  {
    peers: NODE,
    rows: /keep-alive in HTTP\/1\.0 with a length/,
    theirs: /^2xx POST \/, closed$/,
    why:
      "HTTP/1.0 that asks for keep-alive gets it if the response has a length (RFC 9112 §9.3); node:http sends no length unless told to",
  },
  {
    peers: NODE,
    rows: /./,
    ours: /^2xx \S+ \S+, [45]xx, closed$/,
    theirs: /^4xx, closed$/,
    why:
      "a good request before a bad one gets its response first (RFC 9112 §9.3.2: MUST); node:http responds to the bad one alone",
  },
  {
    peers: NODE,
    rows: /./,
    ours: /^2xx /,
    theirs: /^(2xx \S+ \S+, )?4xx, closed$/,
    why:
      "nothing after a request that ends the connection is looked at (RFC 9112 §9.6: MUST NOT); node:http looks, and responds 400 instead of the due response",
  },
  {
    peers: ALL,
    rows:
      /one word, cut off|CR alone at the end|empty lines alone|after the first CR|content after it|a byte after the last CRLF/,
    theirs: REFUSED,
    why:
      "bytes that could still become a request may take until the head's time-out; they judge by the first byte",
  },
];
