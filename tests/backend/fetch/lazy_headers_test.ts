import { assertEquals, assertInstanceOf } from "@std/assert";
import { createHeadersClass, LazyHeaders } from "../../../src/backend/fetch/lazy_headers.ts";
import { HttpHeaders } from "../../../src/http/headers.ts";
import { outcome } from "./outcome.ts";

type Use = (headers: Headers) => unknown;

// Arguments that the types do not allow.
const odd = (headers: Headers): Record<string, (...args: unknown[]) => unknown> =>
  headers as unknown as Record<string, (...args: unknown[]) => unknown>;

const USES: Readonly<Record<string, Use>> = {
  "gets fields in any case": (headers) => [headers.get("x-a"), headers.get("X-B"), headers.get("x-c")],
  "knows fields in any case": (headers) => [headers.has("X-a"), headers.has("x-c")],
  "sets a new field": (headers) => headers.set("X-C", " 3\t"),
  "sets a present field": (headers) => headers.set("x-a", "3"),
  "sets a field to no text": (headers) => headers.set("x-a", ""),
  "sets a field to latin1": (headers) => headers.set("x-a", "\xe9"),
  "sets a field to a number": (headers) => odd(headers)["set"]!("x-a", 3),
  "appends a new field": (headers) => headers.append("x-c", " 3"),
  "appends to a field": (headers) => headers.append("x-a", "3"),
  "appends cookies": (headers) => {
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    return [headers.getSetCookie(), headers.get("set-cookie")];
  },
  "deletes a field": (headers) => [headers.delete("X-A"), headers.has("x-a"), headers.delete("x-c")],
  "changes fields after all were read": (headers) => {
    const before = [...headers];
    headers.set("x-a", "3");
    headers.append("x-c", "4");
    headers.delete("x-b");
    return [before, headers.get("x-a"), headers.has("x-b")];
  },
  "lists all fields": (headers) => {
    const seen: string[] = [];
    headers.forEach((value, name) => seen.push(name, value));
    return [seen, [...headers.keys()], [...headers.values()], [...headers.entries()]];
  },
  "becomes other headers": (headers) => [...new Headers(headers)],
  "becomes the fields of a response": (headers) => [...new Response(null, { headers }).headers],
  "becomes the fields of a request": (headers) => [...new Request("http://localhost", { headers }).headers],
  "refuses a bad name": (headers) => [
    outcome(() => headers.get("x a")),
    outcome(() => headers.has("")),
    outcome(() => headers.set("x a", "1")),
    outcome(() => headers.append("x:a", "1")),
    outcome(() => headers.delete("x a")),
  ],
  "refuses a bad value": (headers) => [
    outcome(() => headers.set("x-a", "a\nb")),
    outcome(() => headers.append("x-c", "a\0b")),
    outcome(() => headers.set("x-a", "\u0100")),
  ],
  "refuses too few arguments": (headers) => [
    outcome(() => odd(headers)["get"]!()),
    outcome(() => odd(headers)["set"]!("x-a")),
    outcome(() => odd(headers)["append"]!("x-c")),
  ],
  "says what it is": (headers) => [
    headers instanceof Headers,
    headers.constructor === Headers,
    Object.prototype.toString.call(headers),
    Object.keys(headers),
  ],
};

for (const [what, use] of Object.entries(USES)) {
  Deno.test(`LazyHeaders are like Headers: ${what}`, async () => {
    const describe = async (headers: Headers): Promise<unknown> => [
      await outcome(async () => await Promise.all([await use(headers)].flat())),
      [...headers],
    ];
    const fields = new HttpHeaders([["X-A", "1"], ["x-b", "2"]]);
    const ours = new LazyHeaders(fields) as unknown as Headers;
    assertEquals(await describe(ours), await describe(new Headers({ "X-A": "1", "x-b": "2" })));
  });
}

Deno.test("LazyHeaders change the fields of their message until native ones are needed", () => {
  const fields = new HttpHeaders([["x-a", "1"]]);
  const headers = new LazyHeaders(fields);
  headers.set("x-b", "2");
  headers.delete("X-A");
  assertEquals([...fields], [["x-b", "2"]]);
  assertEquals(LazyHeaders.fieldsOf(headers), fields);
  assertInstanceOf(headers, Headers);
  assertEquals([...headers], [["x-b", "2"]]);
  assertEquals(LazyHeaders.fieldsOf(headers), undefined);
});

const FastHeaders = createHeadersClass();

const INITS: Readonly<Record<string, (Class: typeof Headers) => Headers>> = {
  "no fields": (Class) => new Class(),
  "undefined": (Class) => new Class(undefined),
  "null": (Class) => new Class(null as unknown as undefined),
  "a text": (Class) => new Class("text" as unknown as undefined),
  "an object": (Class) => new Class({ "X-A": "1", "x-b": "2" }),
  "pairs": (Class) => new Class([["x-a", "1"], ["X-A", "2"], ["set-cookie", "a=1"], ["set-cookie", "b=2"]]),
  "headers of the same class": (Class) => {
    const first = new Class();
    first.set("x-a", "1");
    const second = new Class(first);
    first.set("x-a", "2");
    second.append("x-b", "3");
    return new Class([...first, ...second]);
  },
  "headers of the same class after all were read": (Class) => {
    const first = new Class();
    first.set("x-a", "1");
    return new Class([...first].length === 1 ? first : undefined);
  },
  "native headers": (Class) => new Class(new Headers({ "x-a": "1" })),
  "a bad name": (Class) => new Class({ "x a": "1" }),
  "no `new`": (Class) => (Class as unknown as () => Headers)(),
  "a class that extends it": (Class) => {
    class Extended extends Class {
      extra(): string {
        return "extra";
      }
    }
    const headers = new Extended({ "x-a": "1" });
    return new Class([
      ["x-extra", headers.extra()],
      ["x-is", String(headers instanceof Extended)],
      ...headers,
    ]);
  },
};

for (const [what, make] of Object.entries(INITS)) {
  Deno.test(`createHeadersClass() makes what Headers makes of ${what}`, async () => {
    const describe = (Class: typeof Headers): Promise<unknown> =>
      outcome(() => {
        const headers = make(Class);
        return [[...headers], headers instanceof Class, headers instanceof Headers];
      });
    assertEquals(await describe(FastHeaders), await describe(Headers));
  });
}

Deno.test("createHeadersClass() makes a class with name, length and prototype of Headers", () => {
  assertEquals(new Headers() instanceof FastHeaders, true);
  assertEquals([FastHeaders.name, FastHeaders.length], [Headers.name, Headers.length]);
  assertEquals(LazyHeaders.fieldsOf(new FastHeaders())?.size, 0);
});
