import { assertEquals } from "@std/assert";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SYSTEM_CLOCK } from "../../../src/base/clock.ts";
import { listen } from "../../../src/net/listen.ts";
import { serveStatic } from "../../../src/servers/static/serve_static.ts";
import { DEFAULT_STATIC_OPTIONS } from "../../../src/servers/static/options.ts";
import { ask, type Response } from "../../support/ask.ts";
import { CONDITIONS, RANGES } from "./matrix.ts";
import { hasNginx, startNginx } from "./nginx.ts";
import type { OracleForm } from "./oracle.ts";
import { CHANGED_AT_MS } from "./static_folder.ts";

const FILES = {
  "page.html": "<html><body>Page Sample</body></html>\n",
  "empty.txt": "",
  "text..txt": "dots",
  "space in name.txt": "spaces",
  "caf\u00e9.txt": "composed",
  "dir/index.html": "index",
  "bare/x.txt": "x",
};

const PATHS = [
  "/page.html",
  "/page.html?a=b",
  "/%70age.html",
  "/dir/../page.html",
  "/dir/%2e%2e/page.html",
  "//page.html",
  "/./page.html",
  "/text..txt",
  "/space%20in%20name.txt",
  "/caf%C3%A9.txt",
  "/dir/",
  "/dir",
  "/dir?a=b",
  "/nowhere",
  "/page.html/",
  "/page.html/x",
  "/%zz",
  "/bare/",
  "/..%2fpage.html",
  "/../page.html",
  "/page.html%00",
  "/dir%2f",
  "/dir/..%5cpage.html",
];

interface Case {
  readonly line: string;
  readonly fields: Readonly<Record<string, string>>;
}

interface Explanation {
  readonly why: string;
  /** The response of nginx in these cases. */
  readonly statuses: readonly number[];
  readonly applies: (request: Case) => boolean;
}

// The cases in which nginx responds differently, and the reasons.
const EXPLANATIONS: readonly Explanation[] = [
  {
    why: "405 for other methods before the path is looked at; nginx looks first",
    statuses: [301, 400, 403, 404],
    applies: ({ line }) => line.startsWith("POST"),
  },
  {
    why: "HEAD has no ranges (RFC 9110 §14.2); nginx gives it 206 and 416",
    statuses: [206, 416],
    applies: ({ line, fields }) => line.startsWith("HEAD") && "Range" in fields,
  },
  {
    why: "a malformed Range is ignored (RFC 9110 §14.2); nginx gives 416",
    statuses: [416],
    applies: ({ fields }) => ["bytes=9-5", "bytes=0-1,x"].includes(fields["Range"] ?? ""),
  },
  {
    why: "an empty file has no first byte (RFC 9110 §14.1.2), so that it is 416; nginx sends all of it",
    statuses: [200],
    applies: ({ line, fields }) => line.includes("empty") && "Range" in fields,
  },
  {
    why: "overlapping ranges are merged; nginx sends their bytes twice",
    statuses: [206],
    applies: ({ fields }) => fields["Range"] === "bytes=0-6,4-9,2-3",
  },
  {
    why: "If-Unmodified-Since does not count beside If-Match (RFC 9110 §13.2.2); nginx weighs both",
    statuses: [412],
    applies: ({ fields }) => "If-Match" in fields && "If-Unmodified-Since" in fields,
  },
  {
    why: "If-Modified-Since does not count beside If-None-Match (RFC 9110 §13.2.2); nginx weighs both",
    statuses: [200, 206],
    applies: ({ fields }) => "If-None-Match" in fields && "If-Modified-Since" in fields,
  },
  {
    why: "a directory without index is 404 here; nginx refuses to list it",
    statuses: [403],
    applies: ({ line }) => line.endsWith("/bare/"),
  },
  {
    why: "a path above the root or with an impossible name is 404 here; nginx calls it malformed",
    statuses: [400],
    applies: ({ line }) => /[^r]\/\.\.(\/|%2f)page|%00/.test(line),
  },
  {
    why: "an encoded slash does not separate here; to nginx it is a slash",
    statuses: [200],
    applies: ({ line }) => line.endsWith("/dir%2f"),
  },
];

async function readForm(port: number, path: string): Promise<OracleForm> {
  const { fields } = await ask(port, `GET ${path}`);
  return {
    etag: fields.get("etag")?.[0] ?? '"none"',
    bytes: new Uint8Array(0),
    lastModifiedMs: CHANGED_AT_MS,
  };
}

/** The parts that both must have in common: status, Location, and the bytes. */
function essence({ status, fields, body }: Response): unknown {
  const type = fields.get("content-type")?.[0] ?? "";
  const boundary = /boundary=(.*)/.exec(type)?.[1];
  const content = boundary === undefined ? body : normalizeMultipart(body, boundary);
  return {
    status,
    location: fields.get("location"),
    range: fields.get("content-range"),
    modified: status === 200 || status === 206 || status === 304 ? fields.get("last-modified") : undefined,
    content: status === 200 || status === 206 ? content : undefined,
  };
}

/** nginx begins a multipart response with an empty line, and only nginx knows its boundary. */
function normalizeMultipart(body: string, boundary: string): string {
  return body.replaceAll(boundary, "BOUNDARY").replace(/^\r\n/, "");
}

Deno.test({
  name: "the server responds like nginx, apart from explained differences",
  ignore: !hasNginx(),
  fn: async () => {
    const root = await mkdtemp(join(tmpdir(), "millrace_static_"));
    for (const [name, content] of Object.entries(FILES)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), content);
      await utimes(join(root, name), CHANGED_AT_MS / 1_000, CHANGED_AT_MS / 1_000);
    }
    const nginx = await startNginx(root);
    const listener = await listen({ hostname: "127.0.0.1", port: 0 });
    const server = serveStatic(listener, {
      options: { ...DEFAULT_STATIC_OPTIONS, root },
      limits: {},
      logs: { access: undefined, error: undefined },
      clock: SYSTEM_CLOCK,
      tag: "",
    });
    try {
      const unexplained: string[] = [];
      const explained = new Set<string>();
      const compare = async (line: string, fieldsOf: (form: OracleForm) => Case["fields"]): Promise<void> => {
        const path = line.slice(line.indexOf(" ") + 1);
        const [ours, theirs] = await Promise.all([listener.address.port, nginx.port].map(async (port) => {
          const fields = fieldsOf(await readForm(port, path));
          const text = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join("");
          const response = await ask(port, line, { fields: text });
          return { fields, status: response.status, response: essence(response) };
        }));
        if (JSON.stringify(ours!.response) === JSON.stringify(theirs!.response)) return;
        const request = { line, fields: ours!.fields };
        const found = EXPLANATIONS.find(({ statuses, applies }) =>
          statuses.includes(theirs!.status) && applies(request)
        );
        if (found !== undefined) explained.add(found.why);
        else {unexplained.push(
            JSON.stringify({ request, ours: ours!.response, nginx: theirs!.response }, null, 1),
          );}
      };
      for (const method of ["GET", "HEAD", "POST"]) {
        for (const path of PATHS) await compare(`${method} ${path}`, () => ({}));
      }
      for (const method of ["GET", "HEAD"]) {
        for (const path of ["/page.html", "/empty.txt"]) {
          for (const condition of CONDITIONS) await compare(`${method} ${path}`, condition);
          for (const range of RANGES) await compare(`${method} ${path}`, range);
        }
      }
      for (const condition of CONDITIONS) {
        await compare("GET /page.html", (form) => ({ ...condition(form), Range: "bytes=5-9" }));
      }
      assertEquals(unexplained, []);
      assertEquals(EXPLANATIONS.map(({ why }) => why).filter((why) => !explained.has(why)), []);
    } finally {
      await server.shutdown();
      await nginx.close();
      await rm(root, { recursive: true });
    }
  },
});
