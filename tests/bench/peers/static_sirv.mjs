// sirv on node:http, or node:https. static_sirv.mjs PACKAGES FOLDER [CERT KEY]: the folder where sirv is installed, and
// the one to serve.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createEncryptedServer } from "node:https";
import { createRequire } from "node:module";

const [packages, folder, cert, key] = process.argv.slice(2);
const sirv = createRequire(`${packages}/package.json`)("sirv");
// With `dev: false`, the default, sirv looks at the files once: a change is never seen.
const serveFile = sirv(folder, { etag: true });
const respond = (request, response) => serveFile(request, response);
const server = cert === undefined
  ? createServer(respond)
  : createEncryptedServer({ cert: readFileSync(cert), key: readFileSync(key) }, respond);
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/`);
});
