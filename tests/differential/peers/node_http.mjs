// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// Reads all content, and responds with method and path, on node:http.

import { createServer } from "node:http";

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.end(`${request.method} ${request.url}`));
});
// A request for a tunnel or another protocol is a request like any other here.
server.on("connect", (request, socket) => {
  socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${request.method} ${request.url}`);
});
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}/`));
