// A site in a browser: the parts of its pages, and the requests of a reload.

import { assert, assertEquals } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page, Response } from "playwright-core";
import { hasBrowser, launchBrowser, PAGE_DEADLINE_MS } from "../../support/browser.ts";
import { makeWebm } from "./webm.ts";
import { startProgram, withDirectory } from "../../support/program.ts";

const canRun = hasBrowser("static/site_browser_real_test.ts");
const ASSETS = 200;

// (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
const WASM = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 3, 2, 1, 0, 7, 7, 1, 3];
const WASM_REST = [0x61, 0x64, 0x64, 0, 0, 10, 9, 1, 7, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0b];

const PAGE = `<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,"><h1>site</h1>
<script type="module">import { response } from "./module.js"; globalThis.response = response;</script>
${Array.from({ length: ASSETS }, (_, i) => `<link rel="stylesheet" href="s${i}.css">`).join("\n")}`;

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "index.html": PAGE,
  "module.js": "export const response = 42;",
  "add.wasm": Uint8Array.from([...WASM, ...WASM_REST]),
  "worker.js":
    "addEventListener('fetch', (e) => new URL(e.request.url).pathname === '/made' && e.respondWith(new Response('made')));" +
    "addEventListener('activate', (e) => e.waitUntil(clients.claim()));",
  "sound.wav": makeSound(4_000_000),
  "README": "read me",
  "data.csv": "a,b\n1,2\n",
  "notes.md": "# notes",
  "lib.rs": "fn main() {}",
  ...Object.fromEntries(Array.from({ length: ASSETS }, (_, i) => [`s${i}.css`, `.c${i} { color: red }`])),
};

/** Silence, 8 bits, 8,000 times a second. */
function makeSound(bytes: number): Uint8Array {
  const sound = new Uint8Array(44 + bytes).fill(128, 44);
  const view = new DataView(sound.buffer);
  const put = (at: number, text: string): void => sound.set(new TextEncoder().encode(text), at);
  put(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  put(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  for (const [at, value] of [[20, 1], [22, 1], [32, 1], [34, 8]] as const) view.setUint16(at, value, true);
  view.setUint32(24, 8_000, true);
  view.setUint32(28, 8_000, true);
  put(36, "data");
  view.setUint32(40, bytes, true);
  return sound;
}

function siteTest(name: string, body: (page: Page, origin: string, folder: string) => Promise<void>): void {
  Deno.test({
    name: `browser: ${name}`,
    ignore: !canRun,
    fn: async () => {
      await withDirectory(async (folder) => {
        for (const [name, content] of Object.entries(FILES)) await writeFile(join(folder, name), content);
        const program = await startProgram(["static", folder, "--access-log", "off", "--error-log", "off"]);
        const browser = await launchBrowser();
        try {
          const page = await browser.newPage();
          page.setDefaultTimeout(PAGE_DEADLINE_MS);
          await body(page, `http://127.0.0.1:${program.port}/`, folder);
        } finally {
          await browser.close();
          await program.stop();
        }
      });
    },
  });
}

/** The responses that arrive during an action. */
async function watch(page: Page, action: () => Promise<unknown>): Promise<readonly Response[]> {
  const responses: Response[] = [];
  const note = (response: Response): void => void responses.push(response);
  page.on("response", note);
  await action();
  page.off("response", note);
  return responses;
}

siteTest("a page with 200 assets and a module loads, and a reload gets 304 only", async (page, origin) => {
  const first = await watch(page, () => page.goto(origin, { waitUntil: "load" }));
  assertEquals(first.map((response) => response.status()).filter((status) => status !== 200), []);
  assertEquals(first.length, ASSETS + 2);
  assertEquals(await page.evaluate("response"), 42);
  // Playwright counts files from the browser's own cache as 200; the wire alone has these events.
  const wire = await page.context().newCDPSession(page);
  const statuses: number[] = [];
  wire.on("Network.responseReceivedExtraInfo", ({ statusCode }) => statuses.push(statusCode));
  await wire.send("Network.enable");
  await page.reload({ waitUntil: "load" });
  assert(statuses.length > 0);
  assertEquals(statuses.filter((status) => status !== 304), []);
});

siteTest("wasm is compiled while it streams", async (page, origin) => {
  await page.goto(`${origin}README`);
  const sum = await page.evaluate(
    `WebAssembly.instantiateStreaming(fetch("/add.wasm")).then(({ instance }) => instance.exports.add(40, 2))`,
  );
  assertEquals(sum, 42);
});

siteTest("a service worker is registered, and responds", async (page, origin) => {
  await page.goto(`${origin}README`);
  const text = await page.evaluate(`navigator.serviceWorker.register("/worker.js")
    .then(() => navigator.serviceWorker.ready)
    .then(() => navigator.serviceWorker.controller ?? new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve);
    })).then(() => fetch("/made")).then((response) => response.text())`);
  assertEquals(text, "made");
});

siteTest("a sound can be moved to its end before it is loaded", async (page, origin) => {
  await page.goto(`${origin}README`);
  const statuses = await watch(page, () =>
    page.evaluate(`new Promise((resolve, reject) => {
      const sound = new Audio("/sound.wav");
      sound.onerror = () => reject(new Error("no sound"));
      sound.onloadedmetadata = () => { sound.currentTime = 450; };
      sound.onseeked = () => resolve(sound.currentTime);
      sound.load();
    })`));
  assert(statuses.some((response) => response.status() === 206));
});

/** A picture of one colour as a key frame of VP8: the browser makes one for a WebP (RFC 9649 §2.5). */
async function makeFrame(page: Page, colour: string): Promise<Uint8Array> {
  const bytes: number[] = await page.evaluate(`(async () => {
    const canvas = new OffscreenCanvas(64, 64);
    const context = canvas.getContext("2d", { alpha: false });
    context.fillStyle = "${colour}";
    context.fillRect(0, 0, 64, 64);
    const picture = await canvas.convertToBlob({ type: "image/webp", quality: 0.8 });
    return [...new Uint8Array(await picture.arrayBuffer())];
  })()`);
  return findChunk(Uint8Array.from(bytes), "VP8 ");
}

/** The content of a chunk of a WebP (RFC 9649 §2.3). */
function findChunk(picture: Uint8Array, name: string): Uint8Array {
  const view = new DataView(picture.buffer);
  for (let at = 12; at < picture.length;) {
    const length = view.getUint32(at + 4, true);
    const found = String.fromCharCode(...picture.subarray(at, at + 4));
    if (found === name) return picture.subarray(at + 8, at + 8 + length);
    at += 8 + length + length % 2;
  }
  throw new Error(`the picture has no chunk "${name}"`);
}

siteTest(
  "a video is moved by a request for a range, and shows the picture of that moment",
  async (page, origin, folder) => {
    await page.goto(`${origin}README`);
    const [red, blue] = [await makeFrame(page, "red"), await makeFrame(page, "blue")];
    const frames = Array.from({ length: 60 }, (_, second) => second < 50 ? red : blue);
    const video = makeWebm({ frames, width: 64, height: 64, padding: 250_000 });
    await writeFile(join(folder, "video.webm"), video);
    let colour: unknown;
    const responses = await watch(page, async () => {
      colour = await page.evaluate(`new Promise((resolve, reject) => {
      const video = document.createElement("video");
      video.onerror = () => reject(new Error(video.error.message));
      video.onloadeddata = () => { video.currentTime = 55.5; };
      // A busy browser shows the picture some frames after the event.
      let framesLeft = 600;
      const look = () => {
        const context = new OffscreenCanvas(64, 64).getContext("2d");
        context.drawImage(video, 0, 0);
        const [r, , b] = context.getImageData(32, 32, 1, 1).data;
        const isBlue = r < 60 && b > 190;
        if (!isBlue && framesLeft-- > 0) return void requestAnimationFrame(look);
        resolve([video.duration, video.currentTime, isBlue ? "blue" : "red " + r + " " + b]);
      };
      video.onseeked = look;
      video.src = "/video.webm";
    })`);
    });
    assertEquals(colour, [60, 55.5, "blue"]);
    const ranges = responses.map((
      response,
    ) => [response.status(), response.headers()["content-range"] ?? ""]);
    const starts = ranges.map(([status, range]) =>
      status === 206 ? Number(/^bytes (\d+)-/.exec(String(range))?.[1]) : -1
    );
    assert(starts.some((start) => start > video.length / 2), JSON.stringify(ranges));
  },
);

siteTest("texts are shown, not downloaded", async (page, origin) => {
  for (const name of ["README", "data.csv", "notes.md", "lib.rs"]) {
    const response = await page.goto(origin + name);
    assertEquals(response?.status(), 200, name);
    assertEquals((await page.locator("body").innerText()).trim(), String(FILES[name]).trim(), name);
  }
});
