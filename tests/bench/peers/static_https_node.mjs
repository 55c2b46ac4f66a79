// node:https with every file in memory. static_https_node.mjs FOLDER CERT KEY

import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:https";

const [folder, cert, key] = process.argv.slice(2);
const files = new Map(readdirSync(folder).map((name) => [`/${name}`, readFileSync(`${folder}/${name}`)]));
const options = { cert: readFileSync(cert), key: readFileSync(key) };
const server = createServer(options, (request, response) => {
  const bytes = files.get(request.url);
  response.writeHead(200, { "Content-Type": "text/css", "Content-Length": bytes.length });
  response.end(bytes);
});
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => {
  console.log(`listening on https://127.0.0.1:${server.address().port}/`);
});
