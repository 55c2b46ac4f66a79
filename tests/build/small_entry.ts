// All that a browser or a worker at the edge needs to serve HTTP over a pair of streams.

export * from "../../src/http.ts";
export { serveConnection } from "../../src/serving/serve.ts";
export { fromWebStreams } from "../../src/net/from_web_streams.ts";
