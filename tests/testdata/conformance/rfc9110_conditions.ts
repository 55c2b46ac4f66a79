import { app, files, filesWith } from "../../support/exchanges.ts";
import type { Requirement } from "../../support/requirements.ts";
import { CHANGED, TAG } from "./site.ts";

const BEFORE = "Mon, 01 Jan 2024 00:00:00 GMT";
const LATER = "Wed, 03 Jan 2024 00:00:00 GMT";
const WHOLE = '200 keep-alive "0123456789"';
const PART = '206 keep-alive "01"';
const KEPT = '304 keep-alive ""';
const FAILED = "412 keep-alive";

/** Asks for the file of ten digits, with these fields. */
function get(...fields: readonly string[]): string {
  return request("GET", ...fields);
}

function request(method: string, ...fields: readonly string[]): string {
  return `${method} /a.txt HTTP/1.1\r\nHost: a\r\n${fields.map((field) => `${field}\r\n`).join("")}\r\n`;
}

/** Conditional and range requests (RFC 9110 §13, §14), as the static server offers them. */
export const RFC9110_CONDITIONS: readonly Requirement[] = [
  ["13.1.1", "MUST", "If-Match compares strongly: a weak tag is not ours", files(get(`If-Match: W/${TAG}`), FAILED)],
  ["13.1.1", "MUST", "If-Match is evaluated before anything is done", files(get('If-Match: "x"'), `${FAILED} | content /^(?!.*0123456789)/`)],
  ["13.1.1", "MUST NOT", "nothing is served where If-Match is false, for HEAD either", files(request("HEAD", 'If-Match: "x"'), '412 keep-alive ""')],
  ["13.1.1", "MUST", "If-Match is true if one of the tags is ours", files(get(`If-Match: "x", ${TAG}`), WHOLE)],
  ["13.1.1", "MUST", "If-Match is true for * and a file that exists", files(get("If-Match: *"), WHOLE)],
  ["13.1.2", "MUST", "If-None-Match compares weakly", files(get(`If-None-Match: W/${TAG}`), KEPT)],
  ["13.1.2", "MUST", "If-None-Match is evaluated: a tag that is not ours is true", files(get('If-None-Match: "x"'), WHOLE)],
  ["13.1.2", "MUST", "If-None-Match is evaluated over all its lines", files(get('If-None-Match: "x"', `If-None-Match: ${TAG}`), KEPT)],
  ["13.1.2", "MUST", "If-None-Match that is false gets 304 for GET", files(get(`If-None-Match: ${TAG}`), KEPT)],
  ["13.1.2", "MUST", "If-None-Match that is false gets 304 for HEAD", files(request("HEAD", "If-None-Match: *"), KEPT)],
  ["13.1.3", "MUST", "If-Modified-Since is ignored beside If-None-Match", files(get('If-None-Match: "x"', `If-Modified-Since: ${LATER}`), WHOLE)],
  ["13.1.3", "MUST", "If-Modified-Since that is no date is ignored", files(get("If-Modified-Since: 2024-01-03"), WHOLE)],
  ["13.1.3", "MUST", "If-Modified-Since that is a list is ignored", files(get(`If-Modified-Since: ${LATER}, ${LATER}`), WHOLE)],
  ["13.1.3", "MUST", "If-Modified-Since on two lines is ignored", files(get(`If-Modified-Since: ${LATER}`, `If-Modified-Since: ${LATER}`), WHOLE)],
  ["13.1.3", "MUST", "If-Modified-Since is ignored with other methods", files(request("POST", `If-Modified-Since: ${LATER}`, "Content-Length: 0"), "405 keep-alive")],
  ["13.1.3", "MUST", "If-Modified-Since is ignored if no modification date is known", app(`GET / HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: ${LATER}\r\n\r\n`, "200 keep-alive")],
  ["13.1.3", "SHOULD", "If-Modified-Since is evaluated: changed since then", files(get(`If-Modified-Since: ${BEFORE}`), WHOLE)],
  ["13.1.3", "SHOULD", "If-Modified-Since that is false gets 304", files(get(`If-Modified-Since: ${CHANGED}`), KEPT)],
  ["13.1.3", "SHOULD", "If-Modified-Since that is false gets 304 for HEAD", files(request("HEAD", `If-Modified-Since: ${LATER}`), KEPT)],
  ["13.1.4", "MUST", "If-Unmodified-Since is ignored beside If-Match", files(get(`If-Match: ${TAG}`, `If-Unmodified-Since: ${BEFORE}`), WHOLE)],
  ["13.1.4", "MUST", "If-Unmodified-Since that is no date is ignored", files(get("If-Unmodified-Since: yesterday"), WHOLE)],
  ["13.1.4", "MUST", "If-Unmodified-Since that is a list is ignored", files(get(`If-Unmodified-Since: ${BEFORE}, ${BEFORE}`), WHOLE)],
  ["13.1.4", "MUST", "If-Unmodified-Since is ignored if no modification date is known", app(`GET / HTTP/1.1\r\nHost: a\r\nIf-Unmodified-Since: ${BEFORE}\r\n\r\n`, "200 keep-alive")],
  ["13.1.4", "MUST", "If-Unmodified-Since is evaluated: not changed since then", files(get(`If-Unmodified-Since: ${CHANGED}`), WHOLE)],
  ["13.1.4", "MUST NOT", "nothing is served if If-Unmodified-Since is false", files(get(`If-Unmodified-Since: ${BEFORE}`), FAILED)],
  ["13.1.5", "MUST", "If-Range without Range is ignored", files(get('If-Range: "x"'), WHOLE)],
  ["13.1.5", "MUST", "If-Range is ignored if there are no ranges", app('GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nIf-Range: "x"\r\n\r\n', "200 keep-alive")],
  ["13.1.5", "MUST", "Range is ignored if the tag of If-Range is not ours", files(get("Range: bytes=0-1", 'If-Range: "x"'), WHOLE)],
  ["13.1.5", "MUST", "Range is ignored if the tag of If-Range is weak", files(get("Range: bytes=0-1", `If-Range: W/${TAG}`), WHOLE)],
  ["13.1.5", "MUST", "Range is ignored if the date of If-Range is a different one", files(get("Range: bytes=0-1", `If-Range: ${LATER}`), WHOLE)],
  ["13.1.5", "SHOULD", "Range is processed if the tag of If-Range is ours", files(get("Range: bytes=0-1", `If-Range: ${TAG}`), PART)],
  ["13.1.5", "SHOULD", "Range is processed if the date of If-Range is that of the file", files(get("Range: bytes=0-1", `If-Range: ${CHANGED}`), PART)],
  ["13.2.1", "MUST", "conditions are evaluated after the usual checks: credentials", filesWith({ auth: "u:p" }, get("If-None-Match: *"), "401 keep-alive")],
  ["13.2.1", "MUST", "conditions are ignored if the response would not be 2xx: 404", files('GET /nowhere HTTP/1.1\r\nHost: a\r\nIf-Match: "x"\r\n\r\n', "404 keep-alive")],
  ["13.2.1", "MUST", "conditions are ignored if the response would not be 2xx: 301", files("GET /dir HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n", "301 keep-alive")],
  ["13.2.1", "MUST", "conditions are ignored if the response would not be 2xx: 405", files(request("POST", "If-None-Match: *", "Content-Length: 0"), "405 keep-alive")],
  ["13.2.1", "MUST", "conditions are ignored with OPTIONS", filesWith({ cors: true }, request("OPTIONS", 'If-Match: "x"'), "204 keep-alive")],
  ["13.2.2", "MUST", "first If-Match: false is 412, whatever If-None-Match says", files(get('If-Match: "x"', `If-None-Match: ${TAG}`), FAILED)],
  ["13.2.2", "MUST", "second If-Unmodified-Since: false is 412, whatever If-None-Match says", files(get(`If-Unmodified-Since: ${BEFORE}`, `If-None-Match: ${TAG}`), FAILED)],
  ["13.2.2", "MUST", "third If-None-Match, after an If-Match that is true", files(get(`If-Match: ${TAG}`, `If-None-Match: ${TAG}`), KEPT)],
  ["13.2.2", "MUST", "fourth If-Modified-Since, after an If-Unmodified-Since that is true", files(get(`If-Unmodified-Since: ${CHANGED}`, `If-Modified-Since: ${CHANGED}`), KEPT)],
  ["13.2.2", "MUST", "fifth If-Range: 304 goes before 206", files(get("Range: bytes=0-1", `If-Range: ${TAG}`, `If-None-Match: ${TAG}`), KEPT)],
  ["13.2.2", "MUST", "fifth If-Range, after an If-Match that is true", files(get("Range: bytes=0-1", `If-Range: ${TAG}`, `If-Match: ${TAG}`), PART)],
  ["14.1.2", "MUST", "positions of many digits do not overflow", files(get("Range: bytes=8-18446744073709551625"), '206 keep-alive "89"')],
  ["14.1.2", "MUST", "a suffix of many digits does not overflow", files(get("Range: bytes=-18446744073709551618"), '206 keep-alive "0123456789"')],
  ["14.1.2", "MUST", "a first position of many digits does not overflow", files(get("Range: bytes=18446744073709551616-"), "416 keep-alive")],
  ["14.2", "MUST", "Range is ignored with HEAD", files(request("HEAD", "Range: bytes=0-1"), '200 keep-alive "" | Content-Length: 10 | no Content-Range')],
  ["14.2", "MUST", "Range is ignored with POST", files(request("POST", "Range: bytes=0-1", "Content-Length: 0"), "405 keep-alive | no Content-Range")],
  ["14.2", "MUST", "an unknown unit is ignored", files(get("Range: lines=0-1"), WHOLE)],
  ["14.2", "MAY", "a malformed set of ranges is ignored", files(get("Range: bytes=5-3"), WHOLE)],
  ["14.2", "MAY", "overlapping ranges are merged", files(get("Range: bytes=0-4,2-6"), '206 keep-alive "0123456" | Content-Range: bytes 0-6/10')],
  ["14.2", "SHOULD", "a range that can be served gets 206", files(get("Range: bytes=2-4"), '206 keep-alive "234"')],
  ["14.2", "SHOULD", "the last octets get 206", files(get("Range: bytes=-3"), '206 keep-alive "789"')],
  ["14.2", "SHOULD", "an open range gets 206", files(get("Range: bytes=7-"), '206 keep-alive "789"')],
  ["14.2", "SHOULD", "206 has those of several ranges that can be served", files(get("Range: bytes=20-30,1-1"), '206 keep-alive "1"')],
  ["14.2", "SHOULD", "ranges that cannot be served get 416", files(get("Range: bytes=10-"), "416 keep-alive")],
  ["14.3", "MAY", "Accept-Ranges tells that there are ranges", files(get(), `${WHOLE} | Accept-Ranges: bytes`)],
  ["14.4", "SHOULD", "Content-Range tells the complete length", files(get("Range: bytes=2-4"), '206 keep-alive "234" | Content-Range: bytes 2-4/10')],
  ["14.4", "MUST", "Content-Range of a request is ignored", files(get("Content-Range: bytes 0-1/2"), WHOLE)],
  ["14.4", "SHOULD", "416 tells the current length", files(get("Range: bytes=10-"), "416 keep-alive | Content-Range: bytes */10")],
];
