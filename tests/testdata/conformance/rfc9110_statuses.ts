import { app, echo, echoWith, files, filesWith } from "../../support/exchanges.ts";
import type { Requirement } from "../../support/requirements.ts";
import { CHANGED, TAG } from "./site.ts";

const RANGE = "GET /a.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1";
const RANGES = "GET /a.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=5-6,0-0\r\n\r\n";
const TYPE_IN_EVERY_PART = "players take the media type from each 206, and nginx sends it too";

/** Status codes (RFC 9110 §15): requirements that one exchange shows. */
export const RFC9110_STATUSES: readonly Requirement[] = [
  ["15.2", "MUST NOT", "no 1xx to a client of HTTP/1.0", echo("POST /a HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", '200 close "POST /a hi"')],
  ["15.2.2", "MUST", "101 is never sent without an agreed protocol: a handler's 101 is an error", echo("GET /status/101 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", "500 keep-alive")],
  ["15.3.1", "SHOULD", "200 has both validators", files("GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\nHEAD /a.txt HTTP/1.1\r\nHost: a\r\n\r\n", `200 keep-alive | ETag: ${TAG} | Last-Modified: ${CHANGED}`, `200 keep-alive | ETag: ${TAG} | Last-Modified: ${CHANGED}`)],
  ["15.3.6", "MUST NOT", "no content with 205", echo("GET /status/205 HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n", '205 keep-alive ""', '200 keep-alive "GET /b "')],
  ["15.3.7", "MUST", "206 has Date, ETag, Vary and Cache-Control as 200 has them", filesWith({ cacheControl: [{ pattern: undefined, field: ["Cache-Control", "max-age=9"] }] }, "GET /style.css HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\n\r\n", '206 keep-alive "bo" | Date: /GMT$/ | ETag: /^"/ | Vary: Accept-Encoding | Cache-Control: max-age=9')],
  ["15.3.7", "SHOULD NOT", "206 for If-Range repeats no other fields", files(`${RANGE}\r\nIf-Range: ${TAG}\r\n\r\n`, '206 keep-alive "01" | no Content-Type | no Last-Modified'), TYPE_IN_EVERY_PART],
  ["15.3.7", "MUST", "206 without If-Range has all the fields of 200", files(`${RANGE}\r\n\r\n`, `206 keep-alive "01" | Content-Type: text/plain; charset=utf-8 | ETag: ${TAG} | Last-Modified: ${CHANGED}`)],
  ["15.3.7.1", "MUST", "a single part names its range, and is that range", files(`${RANGE}\r\n\r\n`, '206 keep-alive "01" | Content-Range: bytes 0-1/10 | Content-Length: 2')],
  ["15.3.7.2", "MUST", "several parts are multipart/byteranges with a boundary", files(RANGES, "206 keep-alive | Content-Type: /^multipart\\/byteranges; boundary=[\\w-]+$/")],
  ["15.3.7.2", "MUST NOT", "several parts have no Content-Range in the head", files(RANGES, "206 keep-alive | no Content-Range")],
  ["15.3.7.2", "MUST", "each part names its range", files(RANGES, "206 keep-alive | content /Content-Range: bytes 5-6\\/10\\r\\n[^]*Content-Range: bytes 0-0\\/10\\r\\n/")],
  ["15.3.7.2", "SHOULD", "each part names its media type", files(RANGES, "206 keep-alive | content /^(--[^]*Content-Type: text\\/plain; charset=utf-8\\r\\n[^]*){2}--/")],
  ["15.3.7.2", "MUST NOT", "a single range does not come in parts", files(`${RANGE}\r\n\r\n`, "206 keep-alive | Content-Type: text/plain; charset=utf-8")],
  ["15.3.7.2", "SHOULD", "parts come in the order of the ranges", files(RANGES, "206 keep-alive | content /\\r\\n\\r\\n56\\r\\n--[^]*\\r\\n\\r\\n0\\r\\n--/")],
  ["15.4.2", "SHOULD", "301 has a Location", files("GET /dir?a=b HTTP/1.1\r\nHost: a\r\n\r\n", "301 keep-alive | Location: /dir/?a=b")],
  ["15.4.5", "MUST", "304 has Date, ETag, Vary and Cache-Control as 200 has them", filesWith({ cacheControl: [{ pattern: undefined, field: ["Cache-Control", "max-age=9"] }] }, "GET /style.css HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n", '304 keep-alive "" | Date: /GMT$/ | ETag: /^"/ | Vary: Accept-Encoding | Cache-Control: max-age=9')],
  ["15.4.5", "SHOULD NOT", "304 has no other fields about the representation", files("GET /style.css HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nIf-None-Match: *\r\n\r\n", '304 keep-alive "" | no Content-Type | no Content-Encoding | no Content-Length')],
  ["15.5", "SHOULD", "4xx explains itself: the core", echo("GET /a HTTP/1.1\r\n\r\n", "400 close | content /could not be understood/")],
  ["15.5", "SHOULD", "4xx explains itself: files", files("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", "404 keep-alive | content /nothing at this address/")],
  ["15.5", "SHOULD", "4xx explains itself: the app", app("GET /div/1/to/0 HTTP/1.1\r\nHost: a\r\n\r\n", "400 keep-alive | content /no result/")],
  ["15.5.2", "MUST", "401 has a challenge for the resource", filesWith({ auth: "u:p" }, "GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n", "401 keep-alive | WWW-Authenticate: /^Basic realm=/")],
  ["15.5.6", "MUST", "405 lists the methods of the resource", app("DELETE /set_cookie/a=b HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\n\r\n", "405 keep-alive | Allow: GET, POST", "405 keep-alive | Allow: GET")],
  ["15.5.14", "MAY", "content that is too large gets 413 before it is read, and the connection ends", echo("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n", "413 close")],
  ["15.5.14", "MAY", "chunks that are too large get 413, and nothing after them is read", echoWith({ maxBodyBytes: 10 }, `POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${"8\r\n01234567\r\n".repeat(3)}0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n`, "413 close")],
  ["15.5.17", "SHOULD", "416 tells the current length", files("GET /empty.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\n\r\n", "416 keep-alive | Content-Range: bytes */0")],
  ["15.5.22", "MUST", "426 names the protocol that is needed", echo("GET /status/426?Upgrade=HTTP%2f3.0 HTTP/1.1\r\nHost: a\r\n\r\n", "426 keep-alive, upgrade | Upgrade: HTTP/3.0")],
  ["15.6", "SHOULD", "5xx explains itself", echo("GET /throw HTTP/1.1\r\nHost: a\r\n\r\n", "500 keep-alive | content /went wrong on our side/")],
  ["15.6.6", "SHOULD", "505 names the version that is spoken: the core", echo("GET /a HTTP/3.0\r\nHost: a\r\n\r\n", "505 close | content /HTTP\\/1\\.1/")],
  ["15.6.6", "SHOULD", "505 names the version that is spoken: the app", app("GET / HTTP/0.9\r\nHost: a\r\n\r\n", "505 close | content /HTTP\\/1\\.1/")],
];
