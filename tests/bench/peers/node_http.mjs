// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// "hello world" on node:http.

import { createServer } from "node:http";

const server = createServer((_request, response) => {
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  // Without it node closes the connection after each response to HTTP/1.0, and ab speaks HTTP/1.0.
  response.setHeader("Content-Length", 11);
  response.end("hello world");
});
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}/`));
