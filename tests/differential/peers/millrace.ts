// Reads all content, and responds with method and path, on millrace.

import { listen } from "../../../src/net/listen.ts";
import { readWhole } from "../../../src/http/request/request_body.ts";
import { textResponse } from "../../../src/http/response/response.ts";
import { serve } from "../../../src/serving/serve.ts";

const listener = await listen({ port: 0 });
serve(listener, async (request) => {
  await readWhole(request.body);
  return textResponse(200, `${request.method} ${request.path}`);
});
console.log(`listening on http://127.0.0.1:${listener.address.port}/`);
