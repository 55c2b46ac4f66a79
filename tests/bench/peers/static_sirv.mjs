// sirv on node:http. static_sirv.mjs PACKAGES FOLDER: the folder where sirv is installed, and the one to serve.

import { createServer } from "node:http";
import { createRequire } from "node:module";

const [packages, folder] = process.argv.slice(2);
const sirv = createRequire(`${packages}/package.json`)("sirv");
// With `dev: false`, the default, sirv looks at the files once: a change is never seen.
const serveFile = sirv(folder, { etag: true });
const server = createServer((request, response) => serveFile(request, response));
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/`);
});
