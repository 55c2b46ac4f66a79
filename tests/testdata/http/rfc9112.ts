import type { Requirement } from "../../support/requirements.ts";

const LONG = "a".repeat(8_000 - "GET / HTTP/1.1".length);

/** Requirements of HTTP/1.1 (RFC 9112) that one connection shows, in the order of the sections. */
export const RFC9112: readonly Requirement[] = [
  [
    "§2.2",
    "MUST",
    "a message is octets, not characters: invalid UTF-8 in a field is let through",
    "GET /a HTTP/1.1\r\nHost: a\r\nA: \xff\xc3\r\n\r\n",
    ['200 keep-alive "GET /a "'],
  ],
  [
    "§2.2",
    "SHOULD",
    "an empty line in front of a request is ignored",
    "\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n",
    ['200 keep-alive "GET /a "'],
  ],
  [
    "§2.2",
    "SHOULD",
    "an empty line behind content is ignored",
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    ['200 keep-alive "POST /a hi"', '200 keep-alive "GET /b "'],
  ],
  ["§2.2", "MUST", "a bare CR in a field is invalid", "GET /a HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n", [
    "400 close",
  ]],
  ["§2.2", "MUST", "a bare CR in a request line is invalid", "GET /a\rb HTTP/1.1\r\nHost: a\r\n\r\n", [
    "400 close",
  ]],
  ["§2.2", "MAY", "a bare LF is not taken for a line end", "GET /a HTTP/1.1\r\nHost: a\nA: b\r\n\r\n", [
    "400 close",
  ]],
  [
    "§2.2",
    "MUST",
    "white space between request line and first field is not passed over",
    "GET /a HTTP/1.1\r\n Host: a\r\nHost: b\r\n\r\n",
    ["400 close"],
  ],
  [
    "§2.2",
    "SHOULD",
    "what is no HTTP gets 400 and the end of the connection",
    "HELO example.org\r\nGET / HTTP/1.0\r\n\r\n",
    ["400 close"],
  ],
  ["§2.3", "MUST", "the version is told by case", "GET /a http/1.1\r\nHost: a\r\n\r\n", ["400 close"]],
  ["§2.3", "MUST", "a higher minor version is answered like 1.1", "GET /a HTTP/1.7\r\nHost: a\r\n\r\n", [
    '200 keep-alive "GET /a "',
  ]],
  ["§3", "SHOULD", "an invalid request line gets 400", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", ["400 close"]],
  [
    "§3",
    "SHOULD",
    "a method longer than any gets 501",
    `${"A".repeat(9_000)} / HTTP/1.1\r\nHost: a\r\n\r\n`,
    ["501 close"],
  ],
  [
    "§3",
    "MUST",
    "a target longer than is taken gets 414",
    `GET /${"a".repeat(9_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ["414 close"],
  ],
  ["§3", "SHOULD", "a request line of 8,000 octets is taken", `GET /${LONG} HTTP/1.1\r\nHost: a\r\n\r\n`, [
    `200 keep-alive "GET /${LONG} "`,
  ]],
  ["§3.1", "MUST", "a method is told by case", "get /a HTTP/1.1\r\nHost: a\r\n\r\n", [
    '200 keep-alive "get /a "',
  ]],
  ["§3.2", "MUST", "a request without Host gets 400", "GET /a HTTP/1.1\r\n\r\n", ["400 close"]],
  ["§3.2", "MUST", "a request with two Hosts gets 400", "GET /a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", [
    "400 close",
  ]],
  ["§3.2", "MUST", "a request with an invalid Host gets 400", "GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n", [
    "400 close",
  ]],
  ["§3.2", "MUST", "an HTTP/1.0 request needs no Host", "GET /a HTTP/1.0\r\n\r\n", ['200 close "GET /a "']],
  ["§3.2.1", "MUST", "origin-form: the path as sent", "GET /a/./b%2f?c HTTP/1.1\r\nHost: a\r\n\r\n", [
    '200 keep-alive "GET /a/./b%2f "',
  ]],
  ["§3.2.2", "MUST", "absolute-form is taken", "GET http://b/c?d HTTP/1.1\r\nHost: b\r\n\r\n", [
    '200 keep-alive "GET /c "',
  ]],
  [
    "§3.2.2",
    "MUST",
    "absolute-form stands above a Host that differs",
    "GET http://b/c HTTP/1.1\r\nHost: other\r\n\r\n",
    ['200 keep-alive "GET /c "'],
  ],
  ["§3.2.3", "MUST", "authority-form goes with CONNECT alone", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", [
    "400 close",
  ]],
  ["§3.2.4", "MUST", "asterisk-form goes with OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", [
    '200 keep-alive "OPTIONS * "',
  ]],
  ["§3.2.4", "MUST", "asterisk-form goes with no other method", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", [
    "400 close",
  ]],
  [
    "§5.1",
    "MUST",
    "white space in front of a colon gets 400",
    "GET /a HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n",
    ["400 close"],
  ],
  ["§5.2", "MUST", "a folded line gets 400", "GET /a HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", [
    "400 close",
  ]],
  [
    "§6",
    "MUST",
    "Content-Length says that there is content, whatever the method",
    "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    ['200 keep-alive "GET /a hi"', '200 keep-alive "GET /b "'],
  ],
  [
    "§6",
    "MUST",
    "without either field there is none",
    "POST /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    ['200 keep-alive "POST /a "', '200 keep-alive "GET /b "'],
  ],
  [
    "§6.1",
    "MUST",
    "chunked content is parsed",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1\r\n!\r\n0\r\n\r\n",
    ['200 keep-alive "POST /a hi!"'],
  ],
  [
    "§6.1",
    "MUST",
    "Transfer-Encoding in HTTP/1.0 is faulty framing",
    "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ["400 close"],
  ],
  [
    "§6.1",
    "MUST",
    "both lengths end the connection",
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    ["400 close"],
  ],
  [
    "§6.1",
    "SHOULD",
    "a coding that is not understood gets 501",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    ["501 close"],
  ],
  [
    "§6.3",
    "MUST",
    "a coding that does not end in chunked gets 400",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    ["400 close"],
  ],
  [
    "§6.3",
    "MUST",
    "an invalid Content-Length gets 400",
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2x\r\n\r\nhi",
    ["400 close"],
  ],
  [
    "§6.3",
    "MUST",
    "differing Content-Lengths get 400",
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
    ["400 close"],
  ],
  [
    "§6.3",
    "SHOULD",
    "content shorter than its length gets 400",
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhi",
    ["400 close"],
  ],
  [
    "§7",
    "MUST",
    "codings do not tell case apart",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    ['200 keep-alive "POST /a hi"'],
  ],
  [
    "§7.1",
    "MUST",
    "chunk sizes do not overflow",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000002\r\nhi\r\n0\r\n\r\n",
    ["400 close"],
  ],
  [
    "§7.1",
    "MUST",
    "chunk data without CRLF behind it is faulty",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhiXX0\r\n\r\n",
    ["400 close"],
  ],
  [
    "§7.1.1",
    "MUST",
    "unknown chunk extensions are ignored",
    'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;a;b="c"\r\nhi\r\n0;d=e\r\n\r\n',
    ['200 keep-alive "POST /a hi"'],
  ],
  [
    "§7.1.1",
    "SHOULD",
    "chunk extensions are bounded",
    `POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;a=${
      "b".repeat(300)
    }\r\nhi\r\n0\r\n\r\n`,
    ["400 close"],
  ],
  [
    "§7.1.2",
    "MUST",
    "a trailer section is read to its end",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nA: b\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    ['200 keep-alive "POST /a hi"', '200 keep-alive "GET /b "'],
  ],
  ["§8", "MAY", "a request that is cut off gets an error", "GET /a HTTP/1.1\r\nHost: a\r\nA: b", [
    "400 close",
  ]],
  [
    "§8",
    "MUST",
    "chunks that are cut off are not complete",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
    ["400 close"],
  ],
  [
    "§9.3",
    "SHOULD",
    "HTTP/1.1 connections persist",
    "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    ['200 keep-alive "GET /a "', '200 keep-alive "GET /b "'],
  ],
  ["§9.3", "MUST", "HTTP/1.0 connections do not", "GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n", [
    '200 close "GET /a "',
  ]],
  [
    "§9.3",
    "MAY",
    "HTTP/1.0 connections persist when the client asks for it",
    "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n",
    ['200 keep-alive "GET /a "', '200 close "GET /b "'],
  ],
  [
    "§9.3.2",
    "MUST",
    "answers come in the order of the requests",
    "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n",
    ['200 keep-alive "GET /1 "', '200 keep-alive "GET /stream !"', '200 keep-alive "GET /3 "'],
  ],
  [
    "§9.3.2",
    "MUST",
    "a good request in front of a bad one is answered",
    "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n",
    ['200 keep-alive "GET /1 "', "400 close"],
  ],
  [
    "§9.6",
    "MUST",
    "close ends the connection behind the answer, and no request behind it is read",
    "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    ['200 close "GET /a "'],
  ],
  [
    "§9.6",
    "MUST",
    "close is found in a list and in any case",
    "GET /a HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    ['200 close "GET /a "'],
  ],
];
