// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// serveDir of @std/http on Deno.serve. static_serve_dir.ts FOLDER

// The version that deno.json maps the other parts of the library to; needed here alone, so that it stands here.
import { serveDir } from "npm:deno-std@1.4.0/http/file_server.js";

const [fsRoot] = Deno.args;
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`listening on http://127.0.0.1:${port}/`),
}, (request: Request): Promise<Response> => serveDir(request, { fsRoot, quiet: true }));
