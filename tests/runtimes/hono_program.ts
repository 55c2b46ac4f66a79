// An ordinary Hono application, served by millrace.

import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { stream, streamSSE } from "hono/streaming";
import { listen, serve } from "../../mod.ts";

const app = new Hono();

app.use("*", async (context, next) => {
  await next();
  context.header("X-Middleware", `${context.req.method} ${context.res.status}`);
});
app.use("/private/*", async (context, next) => {
  const isKnown = context.req.header("Authorization") === "Bearer key";
  return isKnown ? await next() : context.text("who are you?", 401);
});
app.onError((error, context) => {
  if (error instanceof HTTPException) return error.getResponse();
  return context.text(`sorry: ${error.message}`, 500);
});
app.notFound((context) => context.json({ missing: context.req.path }, 404));

app.get("/hello/:name", (context) => context.text(`hello ${context.req.param("name")}`));
app.get("/private/room", (context) => context.text("welcome"));
app.post("/json", async (context) => context.json({ got: await context.req.json() }, 201));
app.post("/form", async (context) => {
  const form = await context.req.formData();
  const file = form.get("file");
  return context.text(`${form.get("name")} ${file instanceof File ? await file.text() : "no file"}`);
});
app.get("/cookies", (context) => {
  setCookie(context, "first", "1", { path: "/", httpOnly: true });
  setCookie(context, "second", "two words");
  return context.json(getCookie(context));
});
app.get("/throw", () => {
  throw new Error("out of tea");
});
app.get("/teapot", () => {
  throw new HTTPException(418, { message: "short and stout" });
});
app.get("/pieces", (context) =>
  stream(context, async (output) => {
    for (const piece of ["one ", "two ", "three"]) await output.write(piece);
  }));
app.get("/events", (context) =>
  streamSSE(context, async (events) => {
    for (const id of ["1", "2"]) await events.writeSSE({ id, event: "tick", data: `tick ${id}` });
  }));
app.post("/echo", (context) => new Response(context.req.raw.body));
app.get("/wait/:name", (context) => {
  const { signal } = context.req.raw;
  const name = context.req.param("name");
  return new Promise<Response>((resolve) => {
    signal.addEventListener("abort", () => {
      console.log(`${name} has left`);
      resolve(context.text("nobody is there any more"));
    });
    console.log(`${name} waits`);
  });
});
app.get("/endless/:name", (context) =>
  stream(context, async (output) => {
    output.onAbort(() => console.log(`${context.req.param("name")} has left`));
    while (!output.aborted) await output.write("more and more ".repeat(1_000));
  }));
app.get("/answered", async (context) => {
  const { signal } = context.req.raw;
  signal.addEventListener("abort", () => console.log("the answered has left"));
  await new Promise((resolve) => setTimeout(resolve, 1));
  return context.text(String(signal.aborted));
});

const listener = await listen({ port: 0 });
serve(listener, app, { maxBodyBytes: Infinity });
console.log(`millrace hono listening on http://127.0.0.1:${listener.address.port}/`);
