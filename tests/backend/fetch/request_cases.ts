// Uses of a Request. Each case runs on a request of ours and on one of the runtime, and must give the same result.

import { inspect } from "node:util";
import { outcome } from "./outcome.ts";

/** The request to send. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Does something with a request and describes the result. */
export type Use = (request: Request) => unknown;

const MULTIPART = [
  "--xyz",
  'Content-Disposition: form-data; name="a"',
  "",
  "1",
  "--xyz",
  'Content-Disposition: form-data; name="f"; filename="f.txt"',
  "Content-Type: text/plain",
  "",
  "content",
  "--xyz--",
  "",
].join("\r\n");

/** The requests to send, by name. */
export const SENT: Readonly<Record<string, SentRequest>> = {
  get: { method: "GET", path: "/a/b?c=%20d&e", headers: { "x-a": "1" } },
  head: { method: "HEAD", path: "/", headers: {} },
  json: { method: "POST", path: "/", headers: { "content-type": "application/json" }, body: '{"a":[1,"é"]}' },
  bom: { method: "PUT", path: "/", headers: { "content-type": "text/plain" }, body: "\ufeffhello" },
  broken: { method: "POST", path: "/", headers: {}, body: '{"a"' },
  bytes: {
    method: "PATCH",
    path: "/",
    headers: { "content-type": "application/octet-stream" },
    body: "\0\u{ff}\u{1f600}",
  },
  urlencoded: {
    method: "POST",
    path: "/",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "a=1&b=%C3%A9",
  },
  multipart: {
    method: "POST",
    path: "/",
    headers: { "content-type": "multipart/form-data; boundary=xyz" },
    body: MULTIPART,
  },
};

/** Uses of a request, by the test's name. */
export const USES: Readonly<Record<string, Use>> = {
  "says what it is": (request) => [
    request instanceof Request,
    Object.prototype.toString.call(request),
    request.constructor === Request,
    request.constructor.name,
    Object.keys(request),
    Object.getPrototypeOf(Object.getPrototypeOf(Object.create(request))) !== null,
    [request.text, request.clone, request.formData].map(({ name }) => name),
  ],
  "gives all plain members": (request) => [
    request.method,
    new URL(request.url).pathname + new URL(request.url).search,
    [...request.headers].filter(([name]) => name.startsWith("x-") || name === "content-type"),
    request.redirect,
    request.mode,
    request.credentials,
    request.cache,
    request.integrity,
    request.keepalive,
    request.referrer,
    request.referrerPolicy,
    request.destination,
    request.bodyUsed,
    request.body === null,
    request.signal instanceof AbortSignal,
    request.signal.aborted,
  ],
  "gives the same object each time": (request) => [
    request.headers === request.headers,
    request.signal === request.signal,
    request.body === request.body,
  ],
  "can be enumerated": (request) => {
    const names: string[] = [];
    for (const name in request) names.push(name);
    return names.sort();
  },
  "has members that cannot be assigned": (request) => {
    const members = request as unknown as Record<string, unknown>;
    return ["url", "method", "body"].map((name) => outcome(() => members[name] = "other"));
  },
  "reads text": (request) => request.text(),
  "reads JSON": (request) => request.json(),
  "reads a buffer": async (request) => [...new Uint8Array(await request.arrayBuffer())],
  "reads a blob": async (request) => {
    const blob = await request.blob();
    return [blob instanceof Blob, await blob.text()];
  },
  "reads a form": async (request) => {
    const entries: unknown[] = [];
    for (const [name, value] of await request.formData()) {
      entries.push(name, typeof value === "string" ? value : [value.name, value.type, await value.text()]);
    }
    return entries;
  },
  "reads its stream": async (request) => {
    if (request.body === null) return null;
    const pieces: number[] = [];
    for await (const piece of request.body) pieces.push(...piece);
    return [pieces, request.bodyUsed];
  },
  "is used once it has been read": async (request) => {
    const before = request.bodyUsed;
    const text = request.text();
    const during = request.bodyUsed;
    await text;
    return [
      before,
      during,
      request.bodyUsed,
      await outcome(() => request.text()),
      await outcome(() => request.json()),
      await outcome(() => request.arrayBuffer()),
      await outcome(() => request.formData()),
      await outcome(() => request.clone()),
      request.body?.locked,
    ];
  },
  "is locked while there is a reader": async (request) => {
    const reader = request.body?.getReader();
    const result = [
      request.bodyUsed,
      await outcome(() => request.text()),
      await outcome(() => request.clone()),
    ];
    await reader?.cancel();
    return [...result, request.bodyUsed];
  },
  "can be cloned and read twice": async (request) => {
    const clone = request.clone();
    return [
      clone instanceof Request,
      clone === request,
      clone.method,
      new URL(clone.url).search,
      clone.headers.get("x-a"),
      await Promise.all([clone.text(), request.text()]),
      [clone.bodyUsed, request.bodyUsed],
    ];
  },
  "can be made anew": async (request) => {
    const copy = new Request(request);
    return [
      copy.method,
      new URL(copy.url).pathname,
      copy.headers.get("x-a"),
      copy.headers.get("content-type"),
      await copy.text(),
    ];
  },
  "gives its content to a request that is made from it": async (request) => {
    const copy = new Request(request);
    await copy.text();
    return [request.bodyUsed, (await outcome(() => new Request(request)) as unknown[])[0]];
  },
  "can be made anew with other fields": async (request) => {
    const copy = new Request(request, { headers: { "x-b": "2" } });
    return [copy.method, copy.headers.get("x-a"), copy.headers.get("x-b"), await copy.text()];
  },
  "can be made anew, with another method": (request) => new Request(request, { method: "DELETE" }).method,
  // Not with content: it comes in chunks here, and Node's fetch refuses the Transfer-Encoding that says so.
  "can be fetched": async (request) => request.body === null && await (await fetch(request)).text(),
  "can be fetched, with other fields": async (request) =>
    request.body === null && await (await fetch(request, { headers: { "x-b": "2" } })).text(),
  "can be made anew for another URL": async (request) => {
    const copy = new Request("http://localhost:1/other", request);
    return [copy.method, copy.url, copy.headers.get("x-a"), await copy.text()];
  },
  "keeps fields that the handler has changed": async (request) => {
    request.headers.set("x-a", "changed");
    const clone = request.clone();
    request.headers.append("x-c", "later");
    request.headers.delete("content-type");
    const copy = new Request(request);
    return [
      request.headers.get("x-a"),
      clone.headers.get("x-a"),
      copy.headers.get("x-a"),
      copy.headers.get("x-c"),
      copy.headers.get("content-type"),
      await clone.text(),
    ];
  },
  "is refused by structuredClone as always": (request) => outcome(() => typeof structuredClone(request)),
  "is inspected": (request) =>
    inspect(request).replaceAll(/AbortSignal \{[^}]*\}|http:[^'"]*/g, "…").split("\n")[0],
};

/** A native request with the same parts. Its content is a stream of bytes, because it comes from the wire. */
export function nativeRequest(origin: string, { method, path, headers, body }: SentRequest): Request {
  const content = body === undefined ? {} : { body: streamOfText(body), duplex: "half" };
  return new Request(origin + path, { method, headers, ...content });
}

function streamOfText(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}
