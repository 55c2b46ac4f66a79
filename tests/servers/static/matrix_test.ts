import { assert, assertEquals, assertFalse } from "@std/assert";
import { CONDITIONS, ENCODINGS, MATRIX_FILES, METHODS, PATHS, RANGES } from "./matrix.ts";
import { type Expected, expectResponse, type OracleForm } from "./oracle.ts";
import { type AskedFolder, test } from "./asked_folder.ts";
import { CHANGED_AT_MS, type ReadResponse, withFolder } from "./static_folder.ts";

const CODINGS = ["identity", "gzip", "br"];

/** The forms of a file, with the tags that the server gives them. */
async function readForms(folder: AskedFolder, path: string): Promise<Map<string, OracleForm>> {
  const forms = new Map<string, OracleForm>();
  for (const coding of CODINGS) {
    const { headers, bytes } = await folder.get(`GET ${path}`, { "Accept-Encoding": coding });
    if ((headers.get("Content-Encoding") ?? "identity") !== coding) continue;
    forms.set(coding, { etag: headers.get("ETag")!, bytes, lastModifiedMs: CHANGED_AT_MS });
  }
  return forms;
}

function checkResponse(response: ReadResponse, expected: Expected, form: OracleForm, isHead: boolean): void {
  const { status, headers, bytes } = response;
  assertEquals(status, expected.status);
  const size = form.bytes.length;
  if (status === 416) assertEquals(headers.get("Content-Range"), `bytes */${size}`);
  if (status === 200 || status === 206 || status === 304) {
    assertEquals(headers.get("ETag"), form.etag);
    assertEquals(headers.get("Last-Modified"), new Date(CHANGED_AT_MS).toUTCString());
  }
  if (status !== 200 && status !== 206) return;
  assertEquals(headers.get("Accept-Ranges"), "bytes");
  assertEquals(headers.get("Content-Encoding") ?? "identity", expected.coding);
  if (status === 200) {
    assertEquals(headers.get("Content-Length"), String(size));
    assertFalse(headers.has("Content-Range"));
    assertEquals(bytes, isHead ? new Uint8Array(0) : form.bytes);
    return;
  }
  const ranges = expected.ranges!;
  assertEquals(headers.get("Content-Length"), String(bytes.length));
  if (ranges.length === 1) {
    const [first, last] = ranges[0]!;
    assertEquals(headers.get("Content-Range"), `bytes ${first}-${last}/${size}`);
    assertEquals(bytes, form.bytes.subarray(first, last + 1));
  } else {
    assertFalse(headers.has("Content-Range"));
    assertEquals(
      readMultipart(response),
      ranges.map(([first, last]) => [
        `bytes ${first}-${last}/${size}`,
        new TextDecoder().decode(form.bytes.subarray(first, last + 1)),
      ]),
    );
  }
}

/** Content-Range and content of each part (RFC 2046 §5.1.1); the files of the matrix are ASCII. */
function readMultipart({ headers, text }: ReadResponse): [range: string, content: string][] {
  const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(headers.get("Content-Type")!)![1]!;
  const pieces = `\r\n${text}`.split(`\r\n--${boundary}`);
  assertEquals([pieces[0], pieces.at(-1)], ["", "--\r\n"]);
  return pieces.slice(1, -1).map((piece) => {
    const [, head, content] = /^\r\n(Content-Type: [\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(piece)!;
    return [/Content-Range: (.*)/.exec(head!)![1]!, content!];
  });
}

/** Sends every request of the matrix, or only one in a number of them. @returns how many responses had each status */
async function checkMatrix(folder: AskedFolder, stride: number): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  let turn = 0;
  for (const [path] of PATHS) {
    const forms = await readForms(folder, path);
    for (const method of METHODS) {
      for (const condition of CONDITIONS) {
        for (const range of RANGES) {
          for (const encoding of ENCODINGS) {
            if (turn++ % stride !== 0) continue;
            const encodingField: Record<string, string> = encoding === undefined
              ? {}
              : { "Accept-Encoding": encoding };
            // The validators of the form that the client would get without conditions.
            const { coding } = expectResponse({ method: "GET", fields: encodingField }, forms);
            const form = forms.get(coding)!;
            const fields = { ...encodingField, ...condition(form), ...range(form) };
            const expected = expectResponse({ method, fields }, forms);
            const response = await folder.get(`${method} ${path}`, fields);
            try {
              checkResponse(response, expected, form, method === "HEAD");
            } catch (error) {
              throw new Error(`${method} ${path} ${JSON.stringify(fields)}`, { cause: error });
            }
            statuses.set(expected.status, (statuses.get(expected.status) ?? 0) + 1);
          }
        }
      }
    }
  }
  return statuses;
}

Deno.test("the server responds to every request of the matrix like the oracle (RFC 9110 §12 to §14)", async () => {
  await withFolder(MATRIX_FILES, { precompressed: true }, async (folder) => {
    const statuses = await checkMatrix(folder, 1);
    assert(statuses.values().reduce((sum, count) => sum + count) >= 5_000);
    for (const status of [200, 206, 304, 405, 412, 416]) assert(statuses.get(status)! > 100, `${status}`);
  });
});

// The number divides none of the lengths of the lists, so each of their elements gets its turn.
const STRIDE = 53;

test("the server responds to one in 53 requests of the matrix like the oracle", async (withFolder) => {
  await withFolder(MATRIX_FILES, { precompressed: true }, async (folder) => {
    const statuses = await checkMatrix(folder, STRIDE);
    assertEquals([...statuses.keys()].sort(), [200, 206, 304, 405, 412, 416]);
  });
});
