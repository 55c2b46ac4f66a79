// Bun.serve over TLS with every file in memory. static_https_bun.mjs FOLDER CERT KEY

import { readdirSync, readFileSync } from "node:fs";

const [folder, cert, key] = process.argv.slice(2);
const files = new Map(readdirSync(folder).map((name) => [`/${name}`, readFileSync(`${folder}/${name}`)]));
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  tls: { cert: readFileSync(cert), key: readFileSync(key) },
  fetch: (request) => new Response(files.get(new URL(request.url).pathname)),
});
console.log(`listening on https://127.0.0.1:${server.port}/`);
