// Responses that a FastResponse must be like, and all that can be seen of one.

import { inspect } from "node:util";
import { streamOf } from "../../../support/fetch_server.ts";
import { outcome } from "../outcome.ts";

/** Makes a response of a class. */
export type Make = (Class: typeof Response) => Response | Promise<Response>;

/** Responses, by the name of the test. */
export const RESPONSES: Readonly<Record<string, Make>> = {
  nothing: (Class) => new Class(),
  "null": (Class) => new Class(null, { status: 404 }),
  "no content": (Class) => new Class(null, { status: 204, headers: { "X-A": "1" } }),
  text: (Class) => new Class("héllo"),
  "an empty text": (Class) => new Class(""),
  bytes: (Class) => new Class(new Uint8Array([0, 255, 7])),
  "a buffer": (Class) => new Class(new ArrayBuffer(3)),
  "a Blob": (Class) => new Class(new Blob(["x"], { type: "a/b" })),
  params: (Class) => new Class(new URLSearchParams("a=b")),
  "a number": (Class) => new Class(42 as unknown as string),
  "a boolean": (Class) => new Class(false as unknown as string, { status: 201 }),
  "a stream": (Class) => new Class(streamOf(new Uint8Array([1]), new Uint8Array([2]))),
  status: (Class) => new Class("x", { status: 418, statusText: "Teapot" }),
  "fields of an object": (Class) => new Class("x", { headers: { "X-A": " 1 ", "content-type": "a/b" } }),
  "fields of a list": (Class) =>
    new Class("x", { headers: [["x-a", "1"], ["X-A", "2"], ["set-cookie", "a"]] }),
  "fields of Headers": (Class) => {
    const headers = new Headers({ "x-a": "1" });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    return new Class("x", { headers });
  },
  "a member that is none": (Class) => new Class("x", { status: 201, fields: 1 } as ResponseInit),
  JSON: (Class) => Class.json({ a: [1, "é"] }),
  "JSON with fields": (Class) => Class.json(null, { status: 201, headers: { "x-a": "1" } }),
  "JSON of nothing": (Class) => Class.json(undefined),
  redirect: (Class) => Class.redirect("http://localhost/a b", 303),
  error: (Class) => Class.error(),
  "a bad status": (Class) => new Class("x", { status: 99 }),
  "a fraction of a status": (Class) => new Class("x", { status: 200.5 }),
  "content with 204": (Class) => new Class("x", { status: 204 }),
  "a bad field": (Class) => new Class("x", { headers: { "x y": "1" } }),
  "a bad value": (Class) => new Class("x", { headers: { "x-a": "a\nb" } }),
  "a bad status text": (Class) => new Class("x", { statusText: "a\nb" }),
  "a response made from another": (Class) => {
    const first = new Class("first", { status: 201, headers: { "x-a": "1" } });
    return new Class(first.body, first);
  },
  "a response made from another whose content is in use": (Class) => {
    const first = new Class("first", { status: 201, statusText: "Fine", headers: { "x-a": "1" } });
    return new Class(first.body!.pipeThrough(new TransformStream()), first);
  },
  "content with a reader": (Class) => {
    const response = new Class("x");
    response.body!.getReader();
    return response;
  },
  "content that was read": async (Class) => {
    const response = new Class("x");
    await response.body!.getReader().read();
    return response;
  },
  "content that was cancelled": async (Class) => {
    const response = new Class("x", { headers: { "x-a": "1" } });
    await response.body!.cancel();
    return response;
  },
  "changed fields": (Class) => {
    const response = new Class("x", { headers: { "x-a": "1" } });
    response.headers.append("x-a", "2");
    response.headers.delete("content-type");
    return response;
  },
  "a clone": async (Class) => {
    const response = new Class("x", { headers: { "x-a": "1" } });
    const clone = response.clone();
    return await response.text() === "x" ? clone : response;
  },
};

/** Everything visible of a response. */
export async function describe(response: Response): Promise<unknown> {
  const { status, statusText, ok, type, url, redirected, bodyUsed } = response;
  const fields = [...response.headers];
  const names = [response.constructor.name, ...[response, response.headers].map(firstWord)];
  const hasBody = response.body !== null;
  const content = await outcome(() => response.text());
  const after = [response.bodyUsed, response.body?.locked, await outcome(() => response.json())];
  return { status, statusText, ok, type, url, redirected, bodyUsed, names, fields, hasBody, content, after };
}

function firstWord(value: unknown): string {
  return inspect(value).split(/\s/)[0]!;
}
