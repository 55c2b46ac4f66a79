// The size of each part that can be imported alone, and that it brings nothing else.

import { assert, assertEquals } from "@std/assert";
import { bundleForBrowser, gzippedBytes } from "./browser_bundle.ts";

const ROWS: readonly (readonly [name: string, entry: string, maxGzippedBytes: number])[] = [
  ["millrace/http", "../../src/http.ts", 12 * 1024],
  ["millrace/http with serveConnection", "./small_entry.ts", 45 * 1024],
  ["millrace/lines", "../../src/lines.ts", 2 * 1024],
];

for (const [name, entry, maxGzippedBytes] of ROWS) {
  Deno.test(`${name} bundles for browsers without node: modules, in ${maxGzippedBytes} bytes after gzip`, async () => {
    const text = await bundleForBrowser(new URL(entry, import.meta.url));
    assertEquals(text.match(/["'`](?:node|npm):[^"'`]*/g), null);
    const bytes = gzippedBytes(text);
    assert(bytes > 0 && bytes <= maxGzippedBytes, `${bytes} bytes`);
  });
}
