import { brotliCompressSync, gzipSync } from "node:zlib";
import { assertEquals, assertMatch } from "@std/assert";
import { exchange } from "../../../support/loopback.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { withTrap } from "../trap_fixture.ts";

const END = "Host: a\r\nConnection: close\r\n\r\n";

Deno.test("one request larger than --keep-bytes does not delete itself, and says that it was cut", async () => {
  await withTrap({ keepBytes: 2 ** 20, maxBodyBytes: 5_000_000 }, async (trap) => {
    for (let i = 0; i < 3; i++) {
      await exchange(trap.port, `POST /small HTTP/1.1\r\nContent-Length: 1\r\n${END}x`);
    }
    const length = 3_000_000;
    await exchange(
      trap.port,
      `POST /large HTTP/1.1\r\nContent-Length: ${length}\r\n${END}${"x".repeat(length)}`,
    );
    const [record, ...others] = await trap.records(1);
    assertEquals([record!.path, others.length, record!.bodyBytes, record!.fault], [
      "/large",
      0,
      length,
      "cut",
    ]);
    assertEquals(await trap.json("/api/status"), {
      requests: 1,
      bytes: 2 ** 20,
      evicted: 3,
      waiting: 0,
      storageError: null,
    });
  });
});

Deno.test("fault tells a malformed message from a broken rule, and filters", async () => {
  await withTrap({ maxBodyBytes: 3 }, async (trap) => {
    await exchange(trap.port, `GET /x HTTP/1.1\r\n${END}`);
    await exchange(trap.port, "GET /x HTTP/1.1\r\nHost : a\r\n\r\n");
    await exchange(trap.port, `POST /x HTTP/1.1\r\nContent-Length: 5\r\n${END}hello`);
    const faults = (await trap.records(3)).map(({ fault, verdict }) => `${fault} ${verdict}`);
    assertEquals(faults, ["null error", "malformed error", "cut error"]);
    const count = async (query: string): Promise<number> =>
      (await trap.json<{ requests: unknown[] }>(`/api/requests?${query}`)).requests.length;
    assertEquals(
      [
        await count("fault=malformed"),
        await count("fault=cut"),
        await count("fault=any"),
        await count("fault=none"),
      ],
      [1, 1, 2, 1],
    );
    const refused = await trap.call("/api/requests?fault=x");
    assertEquals(refused.status, 400);
    await refused.body?.cancel();
  });
});

Deno.test("--rules none leaves out the rules, but not the first and the last record", async () => {
  await withTrap({ options: { checksRules: false } }, async (trap) => {
    await exchange(trap.port, `POST /x?invalid=1 HTTP/1.1\r\n${END}`);
    const [record] = await trap.records(1);
    assertEquals([record!.verdict, record!.chain.length], ["ok", 2]);
    assertMatch(record!.chain[1]!.message, /^answered 200, complete, ok$/);
  });
});

Deno.test("heads up to 1 MiB and 1,000 fields are accepted, and marked if a strict server would refuse them", async () => {
  await withTrap({}, async (trap) => {
    const fields = Array.from({ length: 900 }, (_, index) => `X-${index}: ${"v".repeat(100)}\r\n`).join("");
    await exchange(trap.port, `GET /${"p".repeat(20_000)} HTTP/1.1\r\n${fields}${END}`);
    const [record] = await trap.records(1);
    assertEquals([record!.end, record!.fault, record!.headers.length], ["complete", null, 902]);
    assertEquals(record!.marks?.map((mark) => /\((\d+)\)$/.exec(mark)?.[1]), ["414", "431", "431"]);
  });
});

Deno.test("q finds decoded content, and is 414 in JSON beyond the limit of a head", async () => {
  await withTrap({}, async (trap) => {
    const gzipped = gzipSync("a needle in gzip");
    const head = `POST /z HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: ${gzipped.length}\r\n${END}`;
    await exchange(trap.port, Uint8Array.from([...bytesOf(head), ...gzipped]));
    const json = '{"name":"J\\u00fcrgen"}';
    await exchange(trap.port, `POST /j HTTP/1.1\r\nContent-Length: ${json.length}\r\n${END}${json}`);
    await exchange(trap.port, `GET /p?q=two+words%21 HTTP/1.1\r\n${END}`);
    const find = async (text: string): Promise<string> => {
      const query = new URLSearchParams({ q: text });
      const { requests } = await trap.json<{ requests: { path: string }[] }>(`/api/requests?${query}`);
      return requests.map(({ path }) => path).join();
    };
    assertEquals([await find("needle"), await find("Jürgen"), await find("two words!"), await find("none")], [
      "/z",
      "/j",
      "/p",
      "",
    ]);
    const long = await trap.call(`/api/requests?q=${"x".repeat(20_000)}`);
    assertEquals([long.status, typeof (await long.json()).error], [414, "string"]);
  });
});

Deno.test("decoded=1 gives content without its codings, or 409", async () => {
  await withTrap({}, async (trap) => {
    const coded = brotliCompressSync(gzipSync("plain"));
    for (const [path, content] of [["/right", coded], ["/damaged", coded.subarray(1)]] as const) {
      const head = `POST ${path} HTTP/1.1\r\nContent-Encoding: gzip, br\r\n` +
        `Content-Length: ${content.length}\r\n${END}`;
      await exchange(trap.port, Uint8Array.from([...bytesOf(head), ...content]));
    }
    const [right, damaged] = await trap.records(2);
    const body = (id: string) => trap.call(`/api/requests/${id}/body?decoded=1`);
    assertEquals(await (await body(right!.id)).text(), "plain");
    const refused = await body(damaged!.id);
    assertEquals([refused.status, typeof (await refused.json()).error], [409, "string"]);
  });
});

Deno.test("content=1 adds the content, and fields beyond ASCII come as UTF-8 too", async () => {
  await withTrap({}, async (trap) => {
    await exchange(
      trap.port,
      bytesOf(`POST /t HTTP/1.1\r\nX: \xc3\xbc\r\nContent-Length: 2\r\n${END}\xc3\xbc`),
    );
    await exchange(trap.port, bytesOf(`POST /b HTTP/1.1\r\nContent-Length: 2\r\n${END}\xff\x00`));
    const lines = (await (await trap.call("/api/export.ndjson?content=1")).text()).trimEnd().split("\n");
    const [text, bytes] = lines.map((line) => JSON.parse(line));
    assertEquals(text.content, { encoding: "text", data: "ü" });
    assertEquals(bytes.content, { encoding: "base64", data: "/wA=" });
    assertEquals([text.headers[0], text.headersUtf8], [["X", "\xc3\xbc"], [["X", "ü"]]]);
    const next = await trap.json<{ content: unknown }>("/api/next?after=0&content=1");
    assertEquals(next.content, text.content);
  });
});

Deno.test("--bins makes the first segment of a path a bin with a list and a bound of its own", async () => {
  await withTrap({ keep: 2, options: { hasBins: true } }, async (trap) => {
    for (const path of ["/a/1", "/b/1", "/a/2", "/a/3"]) {
      await exchange(trap.port, `GET ${path} HTTP/1.1\r\n${END}`);
    }
    const list = async (query: string): Promise<string> => {
      const { requests } = await trap.json<{ requests: { path: string }[] }>(`/api/requests${query}`);
      return requests.map(({ path }) => path).join();
    };
    assertEquals([await list("?bin=a"), await list("?bin=b"), await list("")], [
      "/a/3,/a/2",
      "/b/1",
      "/a/3,/a/2,/b/1",
    ]);
    const { bins } = await trap.json<{ bins: { name: string; requests: number }[] }>("/api/bins");
    assertEquals(bins.map(({ name, requests }) => `${name} ${requests}`), ["a 2", "b 1"]);
    await trap.call("/api/requests?bin=a", { method: "DELETE" });
    assertEquals(await list(""), "/b/1");
  });
});
