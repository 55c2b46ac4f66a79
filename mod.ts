export { listen } from "./src/net/listen.ts";
export { serve } from "./src/serve.ts";
