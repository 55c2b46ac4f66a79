// The same application for oak. On Deno and Node its Response is not the runtime's own.

import { Application, Router } from "npm:@oakserver/oak@14.1.0";
import { describeUpload, events, type Fetch, FILE } from "./routers.ts";

/** oak, by the `fetch` that it offers for Cloudflare. */
export function oak(): Fetch {
  const router = new Router();
  router.get("/json/:name", (context) => {
    context.response.body = { hello: context.params["name"] };
  });
  router.post("/echo", async (context) => {
    context.response.body = await context.request.body.json();
  });
  router.post("/upload", async (context) => {
    const form = await context.request.body.formData();
    context.response.body = await describeUpload({
      formData: () => Promise.resolve(form as unknown as FormData),
    });
  });
  router.get("/events", (context) => {
    context.response.type = "text/event-stream";
    context.response.body = events();
  });
  router.get("/cookies", async (context) => {
    await context.cookies.set("b", "2");
    context.response.body = await context.cookies.get("a") ?? "none";
  });
  router.get("/file", (context) => {
    context.response.type = "application/octet-stream";
    context.response.body = FILE;
  });
  router.get("/redirect", (context) => context.response.redirect("/json/x"));
  router.get("/throw", () => {
    throw new Error("out of tea");
  });
  const app = new Application({ logErrors: false });
  app.use(router.routes());
  const { fetch } = app as unknown as {
    readonly fetch: (request: Request, env: unknown, context: unknown) => Promise<Response>;
  };
  return (request) => fetch(request, {}, { waitUntil: () => {}, passThroughOnException: () => {} });
}
