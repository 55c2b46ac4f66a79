import type { RowSection } from "./row.ts";

export const HEAD_LIMITS: RowSection = {
  title: "limits of a head",
  options: { maxRequestLineBytes: 32, maxHeadBytes: 64, maxFieldBytes: 24, maxFields: 3, maxEmptyLines: 1 },
  rows: [
    ["a request line of 32 bytes", "GET /4567890123456789 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /4567890123456789 1.1 | Host: a | none | end"],
    ["a request line of 33 bytes", "GET /45678901234567890 HTTP/1.1\r\nHost: a\r\n\r\n", "414 request-line-too-long @0"],
    ["a target without end", "GET /4567890123456789012345678901234567890123456789", "414 request-line-too-long @0"],
    ["a method of 32 bytes (RFC 9112 §3: 501)", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1\r\n", "501 method-too-long @0"],
    ["a method of 31 bytes and a space", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDE / HTTP/1.1\r\n", "414 request-line-too-long @0"],
    ["a later target without end is not of the version before it", "GET / HTTP/1.0\r\n\r\nHEAD /67890123456789012345678901234567890123456789", "GET / 1.0 | none | end | 414 request-line-too-long @18"],
    ["a later line without shape that is too long", "GET / HTTP/1.0\r\n\r\nG(T /4567890123456789012345678901234567890123456789", "GET / 1.0 | none | end | 414 request-line-too-long @18"],
    ["a bad byte behind the limit is not looked at", "GET /4567890123456789012345678901234567\0", "414 request-line-too-long @0"],
    ["a bad byte of the method within the limit is", "GET\0/4567890123456789012345678901234567890123456789", "400 not-http @3"],
    ["a field line of 26 bytes", "GET / HTTP/1.1\r\nHost: 789012345678901234\r\n\r\n", "GET / 1.1 | 431 head-too-large @16"],
    ["a field line of 24 bytes", "GET / HTTP/1.1\r\nHost: 7890123456789012\r\n\r\n", "GET / 1.1 | Host: 7890123456789012 | none | end"],
    ["a field line without end", "GET / HTTP/1.1\r\nHost: 78901234567890123456789012345678901234567890", "GET / 1.1 | 431 head-too-large @16"],
    ["a head of 65 bytes", "GET / HTTP/1.1\r\nHost: 7890123456789\r\nA: 3456789\r\nB: 345678901\r\n\r\n", "GET / 1.1 | Host: 7890123456789 | A: 3456789 | B: 345678901 | 431 head-too-large @63"],
    ["a head whose fields fill it", "GET / HTTP/1.1\r\nHost: 7890123456789\r\nA: 3456789\r\nB: 3456789012\r\n\r\n", "GET / 1.1 | Host: 7890123456789 | A: 3456789 | B: 3456789012 | 431 head-too-large @64"],
    ["a head of 64 bytes", "GET / HTTP/1.1\r\nHost: 7890123456789\r\nA: 3456789\r\nB: 34567890\r\n\r\n", "GET / 1.1 | Host: 7890123456789 | A: 3456789 | B: 34567890 | none | end"],
    ["three fields", "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n", "GET / 1.1 | Host: a | A: 1 | B: 2 | none | end"],
    ["four fields", "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", "GET / 1.1 | Host: a | A: 1 | B: 2 | 431 head-too-large @37"],
    ["one empty line", "\r\nGET / HTTP/1.0\r\n\r\n", "GET / 1.0 | none | end"],
    ["two empty lines", "\r\n\r\nGET / HTTP/1.0\r\n\r\n", "400 not-http @2"],
    ["the limits count anew for each request", "GET / HTTP/1.0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n\r\nGET / HTTP/1.0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", "GET / 1.0 | A: 1 | B: 2 | C: 3 | none | end | GET / 1.0 | A: 1 | B: 2 | C: 3 | none | end"],
    ["empty lines do not count as head", "\r\nGET / HTTP/1.1\r\nHost: 7890123456789\r\nA: 3456789\r\nB: 345678\r\n\r\n", "GET / 1.1 | Host: 7890123456789 | A: 3456789 | B: 345678 | none | end"],
  ],
};

export const BODY_LIMITS: RowSection = {
  title: "limits of chunk lines and trailers",
  options: { maxChunkLineBytes: 8, maxChunkExtensionBytes: 10, maxTrailerBytes: 16, maxTrailers: 2 },
  rows: [
    ["a chunk line of 8 bytes", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;a=4567\r\nhi\r\n0\r\n\r\n", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | \"hi\" | end"],
    ["a chunk line of 9 bytes", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;a=45678\r\nhi\r\n0\r\n\r\n", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | 400 bad-chunk @56"],
    ["zeros without end", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000000000000000", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | 400 bad-chunk @56"],
    ["extensions of 10 bytes in all", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;abcd\r\nx\r\n1;abcd\r\ny\r\n0\r\n\r\n", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | \"x\" | \"y\" | end"],
    ["extensions of 11 bytes in all", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;abcd\r\nx\r\n1;abcd\r\ny\r\n0;\r\n\r\n", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | \"x\" | \"y\" | 400 bad-chunk @82"],
    ["extensions of 12 bytes in all", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;abcde\r\nx\r\n1;abcde\r\ny\r\n0\r\n\r\n", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | \"x\" | 400 bad-chunk @77"],
    ["extensions count anew for each body", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0;abcdef\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0;abcdef\r\n\r\n", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | end | POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | end"],
    ["trailer lines of 15 bytes, the empty line not counted", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 3456789012\r\n\r\n", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | ~A: 3456789012 | end"],
    ["trailer lines of 16 bytes", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 34567890123\r\n\r\n", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | ~A: 34567890123 | end"],
    ["trailer lines of 17 bytes", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 345678901234\r\n\r\n", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | 431 head-too-large @59"],
    ["a trailer without end", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 34567890123456789012345678901234567890", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | 431 head-too-large @59"],
    ["two trailers", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA:1\r\nB:2\r\n\r\n", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | ~A: 1 | ~B: 2 | end"],
    ["three trailers", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA:1\r\nB:2\r\nC:3\r\n\r\n", "POST / 1.1 | Host: a | Transfer-Encoding: chunked | chunked | ~A: 1 | ~B: 2 | 431 head-too-large @69"],
  ],
};
