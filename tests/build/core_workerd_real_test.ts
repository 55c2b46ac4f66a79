// The bundled core inside workerd, the runtime of Cloudflare's workers: it has Web Streams and no other sockets.

import { assertEquals, assertMatch } from "@std/assert";
import { runCommand } from "../support/program.ts";
import { askVersion } from "../runtimes/runtimes.ts";
import { bundleForBrowser } from "./browser_bundle.ts";

const EXPECTED = /outcome 200,200,200 \/first ; \/second ; \/upload hello, world;/;

const WORKER = `import { exchangeInMemory } from "./core.js";
export default { async test() { console.log("outcome " + await exchangeInMemory()); } };
`;

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "core.js", esModule = embed "core.js"),
  ],
  compatibilityDate = "2025-01-01",
))]);
`;

const named = Deno.env.get("WORKERD");
const workerd = [...named ? [named] : [], "workerd"].find((command) => /^workerd /.test(askVersion(command)));

Deno.test({
  name: "serveConnection() over fromWebStreams() responds to pipelined requests and an upload in workerd" +
    (workerd === undefined ? ": skipped, not installed, WORKERD can name its binary" : ""),
  ignore: workerd === undefined,
  fn: async () => {
    const directory = await Deno.makeTempDir({ prefix: "millrace-workerd-" });
    try {
      const core = await bundleForBrowser(new URL("core_page.ts", import.meta.url));
      await Deno.writeTextFile(`${directory}/core.js`, core);
      await Deno.writeTextFile(`${directory}/worker.js`, WORKER);
      await Deno.writeTextFile(`${directory}/config.capnp`, CONFIG);
      const { code, stdout, stderr } = await runCommand(
        new Deno.Command(workerd!, { args: ["test", `${directory}/config.capnp`], stdin: "null" }),
      );
      assertEquals(code, 0, stderr);
      assertMatch(stdout + stderr, EXPECTED);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
