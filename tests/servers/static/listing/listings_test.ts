import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AskedFolder, test } from "../asked_folder.ts";
import { CHANGED_AT_MS, withFolder } from "../static_folder.ts";

const FILES = {
  "index.html": "home",
  "list/b.txt": "12345",
  "list/a&<b>.txt": "x".repeat(2_048),
  "list/javascript:alert(1)": "",
  "list/sub/x": "",
  "list/.hidden": "",
  "list/space name.txt": "",
  "../outside.txt": "",
};

async function addLinks(folder: AskedFolder): Promise<void> {
  await symlink("../../outside.txt", join(folder.path, "list", "leaving"));
  await symlink("b.txt", join(folder.path, "list", "linked.txt"));
  await utimes(join(folder.path, "list", "sub"), CHANGED_AT_MS / 1_000, CHANGED_AT_MS / 1_000);
}

test("--listing gives JSON to a client that prefers it: folders first, with sizes and dates", async (withFolder) => {
  await withFolder(FILES, { listing: true }, async (folder) => {
    await addLinks(folder);
    const { status, headers, text } = await folder.get("GET /list/", { Accept: "application/json" });
    assertEquals([status, headers.get("Content-Type"), headers.get("Vary")], [
      200,
      "application/json",
      "Accept",
    ]);
    const mtime = "2024-01-02T03:04:05.000Z";
    assertEquals(JSON.parse(text), [
      { name: "sub", type: "directory", mtime },
      { name: "a&<b>.txt", type: "file", mtime, size: 2_048 },
      { name: "b.txt", type: "file", mtime, size: 5 },
      { name: "javascript:alert(1)", type: "file", mtime, size: 0 },
      { name: "linked.txt", type: "file", mtime, size: 5 },
      { name: "space name.txt", type: "file", mtime, size: 0 },
    ]);
  });
});

test("--listing gives a page to all others, and escapes names", async (withFolder) => {
  await withFolder(FILES, { listing: true }, async (folder) => {
    await addLinks(folder);
    const { status, headers, text } = await folder.get("GET /list/", { Accept: "text/html,*/*;q=0.8" });
    assertEquals([status, headers.get("Content-Type")], [200, "text/html; charset=utf-8"]);
    assertStringIncludes(text, '<a href="./a&amp;%3Cb%3E.txt">a&amp;&lt;b&gt;.txt</a>');
    assertStringIncludes(text, '<a href="./space%20name.txt">space name.txt</a>');
    assertStringIncludes(text, '<a href="./sub/">sub/</a>');
    assertStringIncludes(text, 'href="./javascript:alert');
    assertStringIncludes(text, "2.0 KiB");
    assertStringIncludes(text, 'datetime="2024-01-02T03:04:05.000Z">2024-01-02 03:04 UTC</time>');
    assertStringIncludes(text, 'href="../"');
    for (const name of ["hidden", "leaving", "<b>"]) assertFalse(text.includes(name), name);
    assertEquals((await folder.get("GET /list/")).text, text);
  });
});

// Accept, and whether it prefers JSON.
const PREFERENCES: readonly (readonly [accept: string, isJson: boolean])[] = [
  ["application/json, text/plain, */*", true],
  ["application/*", true],
  ["application/json;q=0.9, text/html;q=0.8", true],
  ["application/json, text/html", false],
  ["text/html, application/json;q=0.9", false],
  ["text/*;q=0.5, application/json;q=0.4", false],
  ["application/json;q=0, */*", false],
  ["application/json;q=0", false],
  ["application/json;q=0.0, text/html;q=0", false],
  ["text/html;q=0, application/*;q=0.1", true],
  ["*/*", false],
  ["image/png", false],
];

test("--listing gives JSON if it weighs more, or as much and is named (RFC 9110 §12.5.1)", async (withFolder) => {
  await withFolder(FILES, { listing: true }, async (folder) => {
    for (const [Accept, isJson] of PREFERENCES) {
      const { headers } = await folder.get("GET /list/sub/", { Accept });
      assertEquals(headers.get("Content-Type") === "application/json", isJson, Accept);
    }
  });
});

test("--listing says so if there is nothing", async (withFolder) => {
  await withFolder({ "empty/.hidden": "" }, { listing: true }, async (folder) => {
    assertStringIncludes((await folder.get("GET /empty/")).text, "nothing in this directory");
    assertEquals((await folder.get("GET /empty/", { Accept: "application/json" })).text, "[]\n");
  });
});

test("--listing leaves directories with an index alone, and is off by default", async (withFolder) => {
  await withFolder(FILES, { listing: true }, async (folder) => {
    assertEquals((await folder.get("GET /")).text, "home");
    assertEquals((await folder.get("GET /list")).status, 301);
    assertEquals((await folder.get("GET /.git/")).status, 404);
    assertEquals((await folder.get("POST /list/")).status, 405);
  });
  await withFolder(FILES, {}, async (folder) => {
    assertEquals((await folder.get("GET /list/")).status, 404);
  });
});

test("--listing shows names that come and go at once", async (withFolder) => {
  await withFolder({ "n/a.txt": "" }, { listing: true }, async (folder) => {
    const names = async (): Promise<string> => {
      const { text } = await folder.get("GET /n/", { Accept: "application/json" });
      return (JSON.parse(text) as { name: string }[]).map(({ name }) => name).join(" ");
    };
    const path = join(folder.path, "n");
    const changes: readonly (readonly [change: () => Promise<unknown>, names: string])[] = [
      [() => folder.write("n/b.txt", ""), "a.txt b.txt"],
      [() => rename(join(path, "b.txt"), join(path, "c.txt")), "a.txt c.txt"],
      [() => rm(join(path, "a.txt")), "c.txt"],
      [() => symlink("/etc", join(path, "leaving")), "c.txt"],
    ];
    assertEquals(await names(), "a.txt");
    for (const [index, [change, expected]] of changes.entries()) {
      await change();
      // Changes that follow each other so quickly can have the same time.
      await utimes(path, 1_000 + index, 1_000 + index);
      assertEquals(await names(), expected);
    }
  });
});

const NUMBERED = {
  "n/file10.txt": "1",
  "n/file2.txt": "22",
  "n/File1.txt": "333",
  "n/file02.txt": "",
  "n/z/x": "",
  "n/a10/x": "",
  "n/a9/x": "",
};

// Query, and the names in their order.
const ORDERS: readonly (readonly [query: string, names: string])[] = [
  ["", "a9 a10 z File1.txt file02.txt file2.txt file10.txt"],
  ["?sort=name&order=desc", "z a10 a9 file10.txt file2.txt file02.txt File1.txt"],
  ["?sort=size", "a9 a10 z file02.txt file10.txt file2.txt File1.txt"],
  ["?sort=size&order=desc", "z a10 a9 File1.txt file2.txt file10.txt file02.txt"],
  ["?sort=time&order=asc", "a9 a10 z File1.txt file02.txt file2.txt file10.txt"],
  ["?sort=nonsense&order=up", "a9 a10 z File1.txt file02.txt file2.txt file10.txt"],
  ["?filter=ILE1", "File1.txt file10.txt"],
  ["?filter=nothing", ""],
];

test("--listing sorts as people count, by name, size or time, and filters", async (withFolder) => {
  await withFolder(NUMBERED, { listing: true }, async (folder) => {
    for (const name of ["a9", "a10", "z"]) await utimes(join(folder.path, "n", name), 1_000, 1_000);
    for (const [query, names] of ORDERS) {
      const { text } = await folder.get(`GET /n/${query}`, { Accept: "application/json" });
      const entries: { name: string }[] = JSON.parse(text);
      assertEquals(entries.map(({ name }) => name).join(" "), names, query);
      const page = await folder.get(`GET /n/${query}`);
      const shown = [...page.text.matchAll(/<tr><td><a href="[^"]*">([^<]*?)\/?<\/a>/g)].map(([, name]) =>
        name
      );
      assertEquals(shown.join(" "), names, query);
    }
  });
});

test("--listing keeps the client's filter out of its markup", async (withFolder) => {
  await withFolder(NUMBERED, { listing: true }, async (folder) => {
    const { text } = await folder.get("GET /n/?filter=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&sort=size");
    assertFalse(text.includes("<script>alert"));
    assertStringIncludes(text, 'value="&quot;&gt;&lt;script&gt;');
  });
});

Deno.test("--listing reads a folder once for all simultaneous requests, and not at all for HEAD", async () => {
  const files = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`n/${i}.txt`, ""]));
  await withFolder(files, { listing: true }, async (folder) => {
    const head = await folder.get("HEAD /n/");
    const bodies = await Promise.all(
      Array.from({ length: 10 }, async () => (await folder.ask("GET /n/")).body),
    );
    assertEquals(new Set(bodies).size, 1);
    const get = await folder.get("GET /n/");
    assertEquals([...head.headers], [...get.headers]);
    assertEquals(get.text.split("<tr>").length, 602);
    await folder.write("n/new.txt", "");
    assertStringIncludes((await folder.get("GET /n/")).text, "new.txt");
  });
});

Deno.test("--listing lists the root in advance", async () => {
  await withFolder({ "a.txt": "1" }, { listing: true }, async (folder) => {
    await folder.prepare();
    await folder.write("a.txt", "12345");
    // A change in place shows within a second, so what was seen in advance shows until then.
    assertStringIncludes((await folder.get("GET /")).text, "1 B");
    folder.nowMs += 1_000;
    assertStringIncludes((await folder.get("GET /")).text, "5 B");
  });
});

Deno.test("the start does not fail if the root cannot be listed", async () => {
  await withFolder({}, { listing: true }, async (folder) => {
    await rm(folder.path, { recursive: true });
    await folder.prepare();
    assertEquals((await folder.get("GET /")).status, 404);
  });
});

const SHOWN: readonly (readonly [bytes: number, size: string])[] = [
  [0, "0 B"],
  [1_023, "1023 B"],
  [1_024, "1.0 KiB"],
  [1_740, "1.7 KiB"],
  [10_188, "9.9 KiB"],
  [1_048_576, "1.0 MiB"],
  [1_572_864, "1.5 MiB"],
];

Deno.test("--listing shows sizes for people, and times to the millisecond for programs", async () => {
  await withFolder({}, { listing: true }, async (folder) => {
    for (const [bytes] of SHOWN) {
      const path = join(folder.path, `${bytes}.bin`);
      await writeFile(path, new Uint8Array(bytes));
      await utimes(path, 981_173_106.5, 981_173_106.5);
    }
    const { text } = await folder.get("GET /");
    for (const [bytes, size] of SHOWN) {
      assertStringIncludes(
        text,
        `<tr><td><a href="./${bytes}.bin">${bytes}.bin</a></td><td class="size">${size}</td><td class="time">` +
          '<time datetime="2001-02-03T04:05:06.500Z">2001-02-03 04:05 UTC</time></td></tr>\n',
      );
    }
  });
});
