import { assertEquals, assertStringIncludes } from "@std/assert";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { except } from "../../runtimes/command_line.ts";
import { createFiles } from "./static_folder.ts";
import { encodeSegment } from "../../../src/servers/static/resources/url_path.ts";
import { bytesOfName, nameOfBytes, pathOfLatin1 } from "../../../src/net/files/byte_names.ts";

const NAMES: readonly (readonly number[])[] = [
  [0x63, 0x61, 0x66, 0xe9],
  [0xff],
  [0xc3, 0xa9],
  [0xc3, 0xa9, 0xff],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x9f, 0x92, 0x80],
  [0xef, 0xbb, 0xbf, 0x61],
];

Deno.test("nameOfBytes() gives each name a text of its own, and bytesOfName() gives its bytes back", () => {
  for (const bytes of NAMES) assertEquals([...bytesOfName(nameOfBytes(Uint8Array.from(bytes)))], bytes);
  assertEquals(nameOfBytes(Uint8Array.from([0x63, 0xc3, 0xa9])), "c\u00e9");
  assertEquals(pathOfLatin1("/\u00c3\u00a9/\u00e9"), "/\u00e9/\udce9");
});

Deno.test("encodeSegment() writes the bytes of names that are not UTF-8", () => {
  assertEquals(encodeSegment("a b\udce9$"), "a%20b%E9$");
});

const { test } = except({ Deno: "damages names that are not UTF-8" });

// Deno cannot make such files itself.
const MAKE_FILES = String.raw`
mkdir "$(printf 'r\351p')" "$(printf 'r\303\251p')" &&
printf one > "$(printf 'caf\351.txt')" && printf two > "$(printf 'r\351p/caf\351.txt')" &&
printf three > "$(printf 'r\303\251p/caf\351.txt')" && printf four > 'back\slash.txt'`;

const RESPONSES: readonly (readonly [path: string, status: number, expected: string])[] = [
  ["/caf%E9.txt", 200, "one"],
  ["/r%E9p/caf%E9.txt", 200, "two"],
  ["/r%C3%A9p/caf%e9.txt", 200, "three"],
  ["/back%5Cslash.txt", 200, "four"],
  ["/r%E9p", 301, "/r%E9p/"],
  ["/caf%EA.txt", 404, ""],
  ["/caf%E.txt", 400, ""],
];

test("static: names that are not UTF-8 are listed and fetched", async ({ startProgram }) => {
  const base = await createFiles({});
  const path = join(base, "site");
  await mkdir(path, { recursive: true });
  await new Deno.Command("sh", { args: ["-c", MAKE_FILES], cwd: path }).output();
  const program = await startProgram(["static", "-r", path, "--listing", "--access-log", "off"]);
  try {
    const get = (path: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${program.port}${path}`, { redirect: "manual" });
    for (const [path, status, expected] of RESPONSES) {
      const response = await get(path);
      const text = await response.text();
      assertEquals(response.status, status, path);
      if (status === 200) assertEquals(text, expected, path);
      if (status === 301) assertEquals(response.headers.get("Location"), expected);
    }
    const listing = await (await get("/")).text();
    for (const href of ["./caf%E9.txt", "./r%E9p/", "./r%C3%A9p/", "./back%5Cslash.txt"]) {
      assertStringIncludes(listing, `href="${href}"`);
    }
    assertStringIncludes(await (await get("/r%E9p/")).text(), 'href="./caf%E9.txt"');
  } finally {
    await program.stop();
    await Deno.remove(base, { recursive: true });
  }
});
