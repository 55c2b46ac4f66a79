// Why our peers read request lines and fields differently, and why we do not follow them.

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

const CONNECT = /: (CONNECT|no Host for CONNECT|a Host for CONNECT|content of CONNECT|authority-form with)/;

/** In the order in which they are tried. */
export const REQUESTS: readonly Explanation[] = [
  // Methods and targets.
  {
    peers: ["node:http", "nginx", "Bun.serve"],
    rows: /methods tell case apart|every tchar makes a method/,
    theirs: /^(4xx, )?closed$/,
    why:
      "a method is any token (RFC 9110 §9.1), and the handler says 405 or 501; they know a list, or capitals alone",
  },
  {
    peers: ["node:http", "Bun.serve"],
    rows: /an unknown method|a long method/,
    theirs: /^(4xx, )?closed$/,
    why: "a method is any token (RFC 9110 §9.1), and the handler says 405 or 501; they know a list",
  },
  {
    peers: NGINX,
    rows: /TRACE/,
    theirs: REFUSED,
    why: "TRACE is for the handler to refuse; nginx never passes it on",
  },
  {
    peers: ["nginx", "Bun.serve"],
    rows: /asterisk-form with OPTIONS|the length of OPTIONS/,
    theirs: REFUSED,
    why: "OPTIONS with an asterisk is a request (RFC 9110 §9.3.7); they refuse it",
  },
  {
    peers: ["node:http", "nginx"],
    rows: /^request line: two spaces/,
    theirs: SERVED,
    why: "two spaces are no separator (RFC 9112 §3: SHOULD NOT be put right); they take them for one",
  },
  {
    peers: ALL,
    rows:
      /^request target: (a quotation mark|angle brackets|a fragment|an eight-bit byte|DEL)|an overlong form of a dot/,
    theirs: SERVED,
    why: "no target holds such a byte (RFC 9112 §3.2), and the response SHOULD be 400; they take it",
  },
  {
    peers: NGINX,
    rows: /dots are left alone/,
    theirs: REFUSED,
    why: "the handler decides what dots mean; nginx refuses paths above the root",
  },
  {
    peers: ["node:http"],
    rows: /asterisk-form with|an asterisk in front/,
    theirs: SERVED,
    why:
      "the asterisk goes with OPTIONS alone and stands alone (RFC 9112 §3.2.4); node:http takes any target",
  },
  {
    peers: ["node:http", "nginx"],
    rows:
      /absolute-form without a path|absolute-form with a query and no path|^request target: absolute-form \(|a version inside the target|percent-encoded line ends/,
    theirs: SERVED,
    why:
      "the same request: node:http hands over the target unsplit, nginx decoded, and so the comparison does not recognize it",
  },
  {
    peers: ["Deno.serve", "nginx", "Bun.serve"],
    rows: /absolute-form with https/,
    theirs: SERVED,
    why: "an https target is rejected on a plain connection (RFC 9110 §7.4: MUST); they serve it",
  },
  {
    peers: ["Deno.serve", "nginx"],
    rows: /absolute-form (with another scheme|with a port out of range|with a port and no host)/,
    theirs: /^(2xx|5xx)/,
    why: "other schemes and impossible ports are not served here (RFC 9110 §4.2); they do not look at them",
  },
  {
    peers: HYPER_AND_BUN,
    rows:
      /absolute-form (with an empty host|with a port and no host|with a port out of range|with user information|in which a backslash)|an absolute-form with (two at signs|a list of hosts|two Hosts)|an absolute-form in which/,
    theirs: SERVED,
    why:
      "an authority without a host or with user information is refused (RFC 9110 §4.2.1: MUST, §4.2.4: SHOULD); they take it",
  },
  {
    peers: NODE,
    rows: /absolute-form with|an absolute-form with/,
    theirs: SERVED,
    why:
      "an authority without a host, with user information or for another connection is refused (RFC 9110 §4.2, §7.4); node:http hands the target over as it is",
  },
  // CONNECT.
  {
    peers: NGINX,
    rows: CONNECT,
    theirs: REFUSED,
    why: "CONNECT is for the handler to refuse; nginx never passes it on",
  },
  {
    peers: NODE,
    rows: CONNECT,
    theirs: SERVED,
    why:
      "the target of CONNECT is host and port (RFC 9110 §9.3.6: MUST), and content in front of a tunnel is framed; node:http checks no target and takes what follows for the tunnel's",
  },
  {
    peers: DENO,
    rows: CONNECT,
    theirs: /^(2xx|5xx)/,
    why:
      "the target of CONNECT is host and port (RFC 9110 §9.3.6: MUST), and nothing after it is a request; Deno.serve checks no port and reads on",
  },
  {
    peers: BUN,
    rows: CONNECT,
    theirs: /^(2xx|5xx|open)/,
    why:
      "the target of CONNECT is host and port (RFC 9110 §9.3.6: MUST), and the connection ends with it; Bun.serve checks no port and waits",
  },
  // Versions.
  {
    peers: BUN,
    rows: /./,
    theirs: /^(2xx \S+ \S+, )?5xx, closed$/,
    why:
      "HTTP/1.0 gets a response, and a malformed request line is 400, not 505 (RFC 9112 §3); Bun.serve says 505 to both",
  },
  {
    peers: ALL,
    rows: /major version|version 0\.9|version 9\.9|preface of HTTP\/2/,
    theirs: /^(2xx GET \/, )?(4xx, )?closed$/,
    why: "a major version that is not spoken is 505 (RFC 9110 §15.6.6); they say 400, or nothing",
  },
  {
    peers: ["node:http", "Deno.serve"],
    rows: /higher minor version|later minor version/,
    theirs: REFUSED,
    why: "a higher minor version is processed like 1.1 (RFC 9110 §6.2: SHOULD); they refuse it",
  },
  {
    peers: NGINX,
    rows: /^versions: (two digits|a space after)|a zero after the dot|^versions: no dot|a version of 2\^32/,
    theirs: /^(2xx GET \/, 2xx GET \/after|5xx), closed$/,
    why: "a version is one digit, a dot and one digit (RFC 9112 §2.3); nginx reads numbers and skips spaces",
  },
  {
    peers: NGINX,
    rows: /HTTP\/0\.9|LF after the target|CRLF inside the line/,
    theirs: /^(2xx GET \.\.\., )?closed$/,
    why:
      "HTTP/0.9 is not spoken, and a line without a version gets 400 (RFC 9112 §2.2: SHOULD); nginx speaks it, and sends the content alone",
  },
  // Host.
  {
    peers: ALL,
    rows:
      /^(Host|Host in disguise): |^request target: absolute-form still|^pipelining: nothing after|^request lines in disguise: an absolute-form with a bad Host|^request line: a later bare LF/,
    ours: /4xx, closed$/,
    theirs: /^(2xx|5xx)/,
    why:
      "a Host that is missing, repeated or malformed is 400 (RFC 9112 §3.2: MUST); they check it in part, or not at all",
  },
  {
    peers: HYPER_AND_BUN,
    rows: /an address of a later IP version|a NUL, percent-encoded/,
    theirs: /^5xx/,
    why:
      "every Host that RFC 3986 allows is taken; they parse it as part of a URL, and some Hosts fit no URL",
  },
  {
    peers: ["nginx", "Bun.serve"],
    rows: /^Host: an empty Host/,
    theirs: /^[45]xx/,
    why: "an empty Host is allowed, and stands for this server (RFC 9112 §3.3); they refuse it",
  },
  // Lines and fields.
  {
    peers: ["node:http", "Deno.serve", "nginx"],
    rows: /^empty lines in front of a request: (five|a bare|two CR)|a CR in front of the method/,
    theirs: SERVED,
    why:
      "one empty line is to be skipped (RFC 9112 §2.2: SHOULD), and up to four are; they skip CR and LF without end",
  },
  {
    peers: BUN,
    rows: /^empty lines in front of a request: (one is|four are|four between)/,
    theirs: REFUSED,
    why: "an empty line is skipped (RFC 9112 §2.2: SHOULD); Bun.serve refuses it",
  },
  {
    peers: ["node:http", "Deno.serve", "nginx"],
    rows: /^request lines in disguise: a bare (LF|CR) between/,
    theirs: SERVED,
    why: "a bare LF or CR is not an empty line; they skip it and serve what follows",
  },
  {
    peers: ["Deno.serve", "nginx"],
    rows: /bare LF|LF LF at|a LF between digits|: LF |ONE\.TWO: LF alone/,
    theirs: SERVED,
    why:
      "a bare LF ends no line here: RFC 9112 §2.2 lets servers choose, and with two readings requests can be smuggled; they take it for a line end",
  },
  {
    peers: NGINX,
    rows: /^field lines: |^names of framing fields in disguise: /,
    theirs: SERVED,
    why:
      "a malformed field line is 400 (RFC 9112 §2.2, §5.1); nginx drops it, or takes bytes for the value that no value holds",
  },
];
