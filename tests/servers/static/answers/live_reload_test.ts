import { assert, assertEquals, assertFalse, assertNotEquals, assertStringIncludes } from "@std/assert";
import { realpath, symlink } from "node:fs/promises";
import { join } from "node:path";
import { textResponse } from "../../../../src/http/response/response.ts";
import { LiveReload } from "../../../../src/servers/static/answers/live_reload.ts";
import { createReloadAddition, EVENTS_PATH } from "../../../../src/servers/static/answers/reload_script.ts";
import type { StaticOptions } from "../../../../src/servers/static/options.ts";
import { within } from "../../../support/deadline.ts";
import { fakeContext, fakeRequest } from "../../../support/fake_request.ts";
import { test } from "../asked_folder.ts";
import { cacheControlRules, withFolder } from "../static_folder.ts";

const TAG = '<script src="/.millrace/live_reload.js" async></script>';

function rewrite(document: string): string {
  return new TextDecoder().decode(createReloadAddition("/").insertInto(new TextEncoder().encode(document)));
}

Deno.test("createReloadAddition() puts the script before the end of the body, or to the end of the document", () => {
  assertEquals(rewrite("<body>x</body></html>"), `<body>x${TAG}</body></html>`);
  assertEquals(rewrite("<BODY>\u00e9</BODY >"), `<BODY>\u00e9${TAG}</BODY >`);
  assertEquals(rewrite("<!-- </body> --><body></body>"), `<!-- </body> --><body>${TAG}</body>`);
  assertEquals(rewrite("\u{1f600}"), `\u{1f600}${TAG}`);
  assertEquals(rewrite(""), TAG);
});

const FILES = { "a.html": "<body>a</body>", "a.html.gz": "compressed", "a.css": "a{}" };

Deno.test("--live-reload puts its script into documents only, and serves it", async () => {
  await withFolder(FILES, { liveReload: true }, async (folder) => {
    const document = await folder.get("GET /a.html", { "Accept-Encoding": "gzip" });
    assertEquals(document.text, `<body>a${TAG}</body>`);
    assertEquals(document.headers.get("Content-Length"), String(document.bytes.length));
    assertFalse(document.headers.has("Content-Encoding"));
    assertEquals((await folder.get("GET /a.css")).text, "a{}");
    const script = await folder.get("GET /.millrace/live_reload.js");
    assertEquals([script.status, script.headers.get("Content-Type")], [200, "text/javascript"]);
    assertStringIncludes(script.text, 'EventSource(new URL("live_reload", ');
    const events = await folder.get("HEAD /.millrace/live_reload");
    assertEquals(events.headers.get("Content-Type"), "text/event-stream");
    const tag = document.headers.get("ETag")!;
    assertEquals((await folder.get("GET /a.html", { "If-None-Match": tag })).status, 304);
  });
});

Deno.test("--live-reload has browsers ask for each file again, unless --cache-control says otherwise", async () => {
  const cacheControlOf = async (options: Partial<StaticOptions>): Promise<string | undefined> => {
    let value: string | undefined;
    await withFolder(FILES, { liveReload: true, ...options }, async (folder) => {
      value = (await folder.get("GET /a.css")).headers.get("Cache-Control");
    });
    return value;
  };
  // Without asking, browsers keep a file that has not changed for long (RFC 9111 §4.2.2).
  assertEquals(await cacheControlOf({}), "no-cache");
  assertEquals(await cacheControlOf({ cacheControl: cacheControlRules("max-age=1") }), "max-age=1");
});

Deno.test("--live-reload takes only GET and HEAD for its own paths, with the fields of all responses", async () => {
  await withFolder(FILES, { liveReload: true, cors: true }, async (folder) => {
    for (const path of ["/.millrace/live_reload.js", "/.millrace/live_reload"]) {
      assertEquals((await folder.get(`POST ${path}`)).status, 405);
      const { status, headers } = await folder.get(`HEAD ${path}`);
      assertEquals([status, headers.get("Access-Control-Allow-Origin")], [200, "*"]);
    }
  });
});

Deno.test("--live-reload puts its script after documents that are too large to look into", async () => {
  const document = `<body>${"x".repeat(3_000_000)}</body>`;
  await withFolder({ "large.html": document }, { liveReload: true }, async (folder) => {
    const whole = await folder.get("GET /large.html");
    const sent = document + TAG;
    assertEquals(whole.headers.get("Content-Length"), String(sent.length));
    assert(whole.text === sent);
    const range = `bytes=${document.length - 3}-${document.length + 3}`;
    const part = await folder.get("GET /large.html", { Range: range });
    assertEquals(part.text, sent.slice(document.length - 3, document.length + 4));
    const last = await folder.get("GET /large.html", { Range: "bytes=0-1,-4" });
    assertStringIncludes(last.text, `-${sent.length - 1}/${sent.length}\r\n\r\n${sent.slice(-4)}\r\n`);
    assertEquals((await folder.get("GET /large.html", { Range: `bytes=${sent.length}-` })).status, 416);
    await withFolder({ "large.html": document }, {}, async (plain) => {
      const tag = (await plain.get("GET /large.html")).headers.get("ETag");
      assertNotEquals(whole.headers.get("ETag"), tag);
    });
  });
});

test("without --live-reload documents stay as they are, and there is no script", async (withFolder) => {
  await withFolder(FILES, {}, async (folder) => {
    assertEquals((await folder.get("GET /a.html")).text, FILES["a.html"]);
    for (const path of ["/.millrace/live_reload.js", "/.millrace/live_reload"]) {
      assertEquals((await folder.get(`GET ${path}`)).status, 404);
    }
  });
});

Deno.test("--live-reload reports a change when the file is complete, and serves the new file at once", async () => {
  await withFolder(FILES, { liveReload: true }, async (folder) => {
    await folder.get("GET /a.css");
    const { body } = await folder.ask("GET /.millrace/live_reload");
    const events = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    const nextText = async (): Promise<string> =>
      new TextDecoder().decode((await within(events.next(), "an event")).value);
    assertEquals(await nextText(), "retry: 500\n\n");
    const idleTimers = folder.clock.timerCount;
    await folder.write("deep/new.css", "b{}");
    await folder.write("a.css", "c{}");
    // The system watches the folder, so there is no telling when its events come.
    await within(waitUntil(() => folder.clock.timerCount > idleTimers), "news of the file system");
    const change = nextText();
    await folder.clock.advance(50);
    assertEquals(await change, "event: change\ndata:\n\n");
    assertEquals((await folder.get("GET /a.css")).text, "c{}");
    const ping = nextText();
    await folder.clock.advance(10_000);
    assert(["event: change\ndata:\n\n", ": still here\n\n"].includes(await ping));
    await events.return?.();
  });
});

/** A watcher beside that of a {@linkcode LiveReload}, which learns of a change no sooner. */
function watchBeside(path: string): { heardOf(name: string): Promise<void>; close(): void } {
  const watcher = Deno.watchFs(path);
  return {
    async heardOf(name): Promise<void> {
      for (;;) {
        const { value } = await within(watcher[Symbol.asyncIterator]().next(), `news of ${name}`);
        if (value.paths.some((changed: string) => changed.endsWith(name))) break;
      }
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
    close: () => watcher.close(),
  };
}

Deno.test("LiveReload reports a change during constant writing, and never a change of the logs", async () => {
  await withFolder({ "a.css": "a{}", "access.log": "" }, {}, async (folder) => {
    const { clock } = folder;
    const link = join(folder.path, "..", "link");
    await symlink(folder.path, link);
    const unwatched = [join(await realpath(folder.path), "access.log")];
    const reload = new LiveReload({ root: link, unwatched, clock, fields: [] });
    const response = await reload.wrap(() => textResponse(404, ""))(
      fakeRequest(`GET ${EVENTS_PATH}`),
      fakeContext(),
    );
    const events = (response.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    const watcher = watchBeside(folder.path);
    try {
      await events.next();
      const idleTimers = clock.timerCount;
      await folder.write("access.log", "a line");
      await watcher.heardOf("access.log");
      assertEquals(clock.timerCount, idleTimers);
      let isTold = false;
      const told = events.next().then(() => isTold = true);
      // Small steps: the two watchers may hear of a write at different times.
      for (let i = 0; i < 125; i++) {
        await folder.write("a.css", `a{order:${i}}`);
        await watcher.heardOf("a.css");
        await clock.advance(9);
        if (i === 50) assertFalse(isTold, "the writer has not finished");
      }
      await within(told, "a change");
    } finally {
      watcher.close();
      await events.return?.();
      reload.close();
    }
  });
});

Deno.test("--live-reload ends its streams when the server stops", async () => {
  let end: Promise<IteratorResult<Uint8Array>> | undefined;
  await withFolder(FILES, { liveReload: true }, async (folder) => {
    const { body } = await folder.ask("GET /.millrace/live_reload");
    const events = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await events.next();
    end = events.next();
  });
  assertEquals((await within(end!, "the end of the stream")).done, true);
});

/** Lets the event loop turn until something is true. */
async function waitUntil(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 0));
}
