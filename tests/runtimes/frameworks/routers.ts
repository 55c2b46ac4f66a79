// One application, written for each router in the style of its documentation.

import { Elysia } from "npm:elysia@1.4.30";
import { getCookie, H3, html, HTTPError, redirect, setCookie } from "npm:h3@2.0.8";
import { Hono } from "hono";
import { getCookie as getHonoCookie, setCookie as setHonoCookie } from "hono/cookie";
import { streamSSE } from "hono/streaming";
import { AutoRouter, error, type IRequest } from "npm:itty-router@5.0.24";
import { createStaticHandler, type StaticHandler } from "npm:react-router@8.5.3";

/** A web-standard handler. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** 100,000 bytes that are not text. */
export const FILE: Uint8Array<ArrayBuffer> = new Uint8Array(100_000).map((_byte, index) => index % 251);

const EVENTS = ["data: one\n\n", "data: two\n\n"];

/** Two server-sent events. */
export function events(): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      if (next === EVENTS.length) controller.close();
      else controller.enqueue(encoder.encode(EVENTS[next++]));
    },
  });
}

/** The values of a form with a name and a file. */
export async function describeUpload(request: Pick<Request, "formData">): Promise<string> {
  const form = await request.formData();
  const file = form.get("file") as File;
  return `${form.get("name")} ${file.name} ${(await file.arrayBuffer()).byteLength}`;
}

/** Hono. */
export function hono(): Fetch {
  const app = new Hono();
  app.get("/json/:name", (context) => context.json({ hello: context.req.param("name") }));
  app.post("/echo", async (context) => context.json(await context.req.json()));
  app.post("/upload", async (context) => context.text(await describeUpload(context.req.raw)));
  app.get("/events", (context) =>
    streamSSE(context, async (stream) => {
      for (const data of ["one", "two"]) await stream.writeSSE({ data });
    }));
  app.get("/cookies", (context) => {
    setHonoCookie(context, "b", "2");
    return context.text(getHonoCookie(context, "a") ?? "none");
  });
  app.get("/file", (context) => context.body(FILE, 200, { "content-type": "application/octet-stream" }));
  app.get("/redirect", (context) => context.redirect("/json/x"));
  app.get("/throw", () => {
    throw new Error("out of tea");
  });
  return app.fetch;
}

/** h3, version 2. */
export function h3(): Fetch {
  const app = new H3({ silent: true });
  app.get("/json/:name", (event) => ({ hello: event.context.params?.["name"] }));
  app.post("/echo", (event) => event.req.json());
  app.post("/upload", (event) => describeUpload(event.req as Request));
  app.get("/events", (event) => {
    event.res.headers.set("content-type", "text/event-stream");
    return events();
  });
  app.get("/cookies", (event) => {
    setCookie(event, "b", "2");
    return html`${getCookie(event, "a") ?? "none"}`;
  });
  app.get("/file", (event) => {
    event.res.headers.set("content-type", "application/octet-stream");
    return FILE;
  });
  app.get("/redirect", () => redirect("/json/x"));
  app.get("/throw", () => {
    throw new HTTPError({ status: 500, message: "out of tea" });
  });
  return (request) => app.fetch(request);
}

/** Elysia. */
export function elysia(): Fetch {
  const app = new Elysia()
    .get("/json/:name", ({ params }) => ({ hello: params.name }))
    .post("/echo", ({ body }) => body as object)
    .post("/upload", ({ body }) => {
      const { name, file } = body as { name: string; file: File };
      return `${name} ${file.name} ${file.size}`;
    })
    .get("/events", () => new Response(events(), { headers: { "content-type": "text/event-stream" } }))
    .get("/cookies", ({ cookie }) => {
      cookie["b"]!.value = "2";
      return String(cookie["a"]!.value ?? "none");
    })
    .get("/file", () => new Response(FILE, { headers: { "content-type": "application/octet-stream" } }))
    // Elysia uses Response.redirect(), which takes a relative URL only on Bun.
    .get("/redirect", ({ redirect, request }) => redirect(new URL("/json/x", request.url).href))
    .get("/throw", () => {
      throw new Error("out of tea");
    });
  return (request) => app.fetch(request);
}

/** itty-router. */
export function itty(): Fetch {
  const router = AutoRouter({ catch: () => error(500, "sorry") });
  router.get("/json/:name", ({ params }: IRequest) => ({ hello: params["name"] }));
  router.post("/echo", (request: IRequest) => request.json());
  router.post("/upload", async (request: IRequest) => new Response(await describeUpload(request)));
  router.get("/events", () => new Response(events(), { headers: { "content-type": "text/event-stream" } }));
  router.get("/cookies", (request: IRequest) => {
    const a = /a=([^;]*)/.exec(request.headers.get("cookie") ?? "")?.[1];
    return new Response(a ?? "none", { headers: { "set-cookie": "b=2" } });
  });
  router.get("/file", () => new Response(FILE, { headers: { "content-type": "application/octet-stream" } }));
  router.get("/redirect", () => new Response(null, { status: 302, headers: { location: "/json/x" } }));
  router.get("/throw", () => {
    throw new Error("out of tea");
  });
  return (request) => router.fetch(request);
}

/** The data routes of React Router. */
export function reactRouter(): Fetch {
  const handler: StaticHandler = createStaticHandler([
    { path: "/json/:name", loader: ({ params }) => Response.json({ hello: params["name"] }) },
    { path: "/echo", action: async ({ request }) => Response.json(await request.json()) },
    { path: "/upload", action: async ({ request }) => new Response(await describeUpload(request)) },
    {
      path: "/events",
      loader: () => new Response(events(), { headers: { "content-type": "text/event-stream" } }),
    },
    {
      path: "/cookies",
      loader: ({ request }) => {
        const a = /a=([^;]*)/.exec(request.headers.get("cookie") ?? "")?.[1];
        return new Response(a ?? "none", { headers: { "set-cookie": "b=2" } });
      },
    },
    {
      path: "/file",
      loader: () => new Response(FILE, { headers: { "content-type": "application/octet-stream" } }),
    },
    {
      path: "/redirect",
      loader: () => new Response(null, { status: 302, headers: { location: "/json/x" } }),
    },
    {
      path: "/throw",
      loader: () => {
        throw new Error("out of tea");
      },
    },
  ]);
  return async (request) => {
    try {
      return await handler.queryRoute(request);
    } catch (thrown) {
      const status = (thrown as { status?: number } | undefined)?.status;
      if (status === undefined) throw thrown;
      return new Response("no such route", { status });
    }
  };
}
