import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ask, type AskOptions, parseResponse, type Response } from "../../support/ask.ts";
import { exchange } from "../../support/loopback.ts";
import { type CommandLine, test } from "../../runtimes/command_line.ts";

type Ask = (line: string, options?: AskOptions) => Promise<Response>;

async function withApp(
  { startProgram }: CommandLine,
  body: (ask: Ask, port: number) => Promise<void>,
): Promise<void> {
  const program = await startProgram(["--access-log", "off", "--error-log", "off"]);
  try {
    await body((line, options) => ask(program.port, line, options), program.port);
  } finally {
    assertEquals((await program.stop()).code, 0);
  }
}

/** The properties of every document of the app, whatever its status. */
function assertDocument(response: Response, status: number, theme: "#fff" | "green" = "#fff"): void {
  assertEquals(response.status, status, response.body);
  assertEquals(response.fields.get("content-type"), ["text/html; charset=utf-8"]);
  assertEquals(response.fields.get("content-length"), [
    String(new TextEncoder().encode(response.body).length),
  ]);
  assertMatch(response.body, /^<!DOCTYPE html>\s*<html lang="en">[^]*<title>[^<]+<\/title>[^]*<\/html>\s*$/i);
  assertStringIncludes(response.body, `html, body { background-color: ${theme}; }`);
}

const DIVISIONS: readonly (readonly [target: string, result: string])[] = [
  ["/div/10/to/4", "10 / 4 = 2.5"],
  ["/div/-6/to/3", "-6 / 3 = -2"],
  ["/div/0.3/to/0.1", "0.3 / 0.1 = 2.9999999999999996"],
  ["/div/1/to/3", "1 / 3 = 0.3333333333333333"],
  ["/div/.5/to/+5", ".5 / +5 = 0.1"],
  ["/div/1e3/to/1E-2", "1e3 / 1E-2 = 100000"],
  ["/div/1/to/10000000", "1 / 10000000 = 0.0000001"],
  ["/div/%31%2E5/to/%2D3", "1.5 / -3 = -0.5"],
  ["/div/0/to/-5", "0 / -5 = 0"],
  ["/div/9007199254740993/to/1?query=ignored", "9007199254740993 / 1 = 9007199254740992"],
];

const BAD_DIVISIONS: readonly (readonly [target: string, part: string])[] = [
  ["/div/one/to/2", "dividend"],
  ["/div/1/to/two", "divisor"],
  ["/div//to/2", "dividend"],
  ["/div/1/to/", "divisor"],
  ["/div/0x10/to/2", "dividend"],
  ["/div/NaN/to/2", "dividend"],
  ["/div/1/to/Infinity", "divisor"],
  ["/div/%20/to/2", "dividend"],
  ["/div/1%201/to/2", "dividend"],
  ["/div/1e999/to/2", "dividend"],
  ["/div/%zz/to/2", "escape"],
  ["/div/%FF/to/2", "escape"],
];

test("GET /div/<a>/to/<b> shows a / b = result, or names the part that is not a number", async (commandLine) => {
  await withApp(commandLine, async (ask) => {
    for (const [target, result] of DIVISIONS) {
      const response = await ask(`GET ${target}`);
      assertDocument(response, 200);
      assertStringIncludes(response.body, `<output>${result}</output>`, target);
    }
    for (const [target, part] of BAD_DIVISIONS) {
      const response = await ask(`GET ${target}`);
      assertDocument(response, 400);
      assertStringIncludes(response.body, part, target);
    }
    for (const target of ["/div/1/to/0", "/div/0/to/-0.0", "/div/1e308/to/1e-308"]) {
      const response = await ask(`GET ${target}`);
      assertDocument(response, 400);
      assert(!response.body.includes("division by zero"), target);
    }
    const escaped = await ask("GET /div/%3Cscript%3E/to/2");
    assertDocument(escaped, 400);
    assert(!escaped.body.includes("<script>"));
  });
});

test("GET /div?a=&b= and GET /set_cookie?name=&value= redirect to the paths they stand for (303)", async (commandLine) => {
  const rows: [target: string, location: string][] = [
    ["/div?a=1&b=2", "/div/1/to/2"],
    ["/div?a=-1e3&b=%2B.5", "/div/-1e3/to/%2B.5"],
    ["/div?a=a%2Fb&b=2", "/div/a%2Fb/to/2"],
    ["/div?b=2&a=1&c=3", "/div/1/to/2"],
    ["/set_cookie?name=a&value=b", "/set_cookie/a=b"],
    ["/set_cookie?name=a&value=", "/set_cookie/a="],
  ];
  await withApp(commandLine, async (ask) => {
    for (const [target, location] of rows) {
      const response = await ask(`GET ${target}`);
      assertEquals([response.status, response.fields.get("location")], [303, [location]], target);
    }
    for (const target of ["/div", "/div?a=1", "/set_cookie?name=a", "/div?a=%zz&b=1"]) {
      assertDocument(await ask(`GET ${target}`), 400);
    }
  });
});

test("/set_cookie/<name>=<value> sets all pairs or none, with Path=/ (RFC 6265 §4.1)", async (commandLine) => {
  const rows: [target: string, cookies: string[]][] = [
    ["/set_cookie/a=b", ["a=b; Path=/"]],
    ["/set_cookie/a=b/", ["a=b; Path=/"]],
    ["/set_cookie/a=b/c=d", ["a=b; Path=/", "c=d; Path=/"]],
    ["/set_cookie/a=b/c=d/?query=1", ["a=b; Path=/", "c=d; Path=/"]],
    ["/set_cookie/a=", ["a=; Path=/"]],
    ["/set_cookie/a=b=c", ["a=b=c; Path=/"]],
    ["/set_cookie/a=b%2Fc", ["a=b/c; Path=/"]],
    ["/set_cookie/%61=%62", ["a=b; Path=/"]],
    ["/set_cookie/bg_color=green", ["bg_color=green; Path=/"]],
  ];
  const bad = [
    "a",
    "=b",
    "a=b/c",
    "a=b//c=d",
    "a=b%3Bc",
    "a=%0D%0ASet-Cookie:x=y",
    "a%20b=c",
    "a=b%20c",
    "a=%C3%A9",
    "a=b,c",
    "a=%22",
    "%zz=1",
    "",
    "a=b//",
  ];
  await withApp(commandLine, async (ask) => {
    for (const [target, cookies] of rows) {
      for (const method of ["GET", "POST"]) {
        const response = await ask(`${method} ${target}`);
        assertDocument(response, 200);
        assertEquals(response.fields.get("set-cookie"), cookies, target);
      }
    }
    for (const path of bad) {
      const response = await ask(`GET /set_cookie/${path}`);
      assertDocument(response, 400);
      assertEquals(response.fields.get("set-cookie"), undefined, path);
    }
  });
});

test("bg_color=green makes every document green, error pages of refused requests too", async (commandLine) => {
  const fields = "Cookie: a=b; bg_color=green\r\n";
  await withApp(commandLine, async (ask, port) => {
    const rows: [line: string, status: number][] = [
      ["GET /", 200],
      ["GET /div/1/to/2", 200],
      ["POST /short_log/0", 200],
      ["GET /nowhere", 404],
      ["GET /div/1/to/0", 400],
      ["PUT /", 405],
      ["GET /short_log/1", 405],
    ];
    for (const [line, status] of rows) {
      assertDocument(await ask(line, { fields }), status, "green");
      assertDocument(await ask(line), status, "#fff");
      assertDocument(await ask(line, { fields: "Cookie: bg_color=red\r\n" }), status, "#fff");
    }
    const malformed = "GET / HTTP/1.1\r\nHost: a\r\nCookie: bg_color=green\r\nBad Field: x\r\n\r\n";
    assertDocument(parseResponse(await exchange(port, malformed)), 400, "green");
    assertDocument(
      parseResponse(await exchange(port, "GET / HTTP/1.1\r\nBad Field: x\r\n\r\n")),
      400,
      "#fff",
    );
    assertDocument(await ask("GET /set_cookie/bg_color=green"), 200, "#fff");
    assertDocument(await ask("GET /set_cookie/bg_color=white", { fields }), 200, "green");
  });
});

test("any method but GET and POST gets 405 with Allow, HEAD the same without a body (RFC 9110 §15.5.6)", async (commandLine) => {
  await withApp(commandLine, async (ask) => {
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "BREW", "__proto__"]) {
      for (const target of ["/", "/nowhere", "/short_log/1"]) {
        const response = await ask(`${method} ${target}`);
        assertDocument(response, 405);
        assertEquals(response.fields.get("allow"), ["GET, POST"], method);
        assertStringIncludes(response.body, "accepts only GET and POST", method);
      }
    }
    const put = await ask("PUT /");
    const head = await ask("HEAD /");
    assertEquals([head.status, head.body, head.fields.get("allow")], [405, "", ["GET, POST"]]);
    assertEquals(head.fields.get("content-length"), put.fields.get("content-length"));
    assertEquals(head.fields.get("content-type"), put.fields.get("content-type"));
    assertEquals((await ask("OPTIONS *")).fields.get("allow"), ["GET, POST"]);
  });
});

test("a known URL with the wrong method gets 405 with Allow, every other URL 404", async (commandLine) => {
  await withApp(commandLine, async (ask) => {
    const rows: [line: string, allow: string][] = [
      ["POST /", "GET"],
      ["POST /div/1/to/2", "GET"],
      ["POST /div?a=1&b=2", "GET"],
      ["GET /short_log/1", "POST"],
      ["GET /short_log/0?x", "POST"],
    ];
    for (const [line, allow] of rows) {
      const response = await ask(line);
      assertDocument(response, 405);
      assertEquals(response.fields.get("allow"), [allow], line);
    }
    const unknown = [
      "/nowhere",
      "/short_log/2",
      "/show_errors/",
      "/showerrors/01",
      "/div/1/2",
      "//",
      "/DIV/1/to/2",
      "/short_log",
      "/index.html",
      "/%2F",
      "/__proto__",
    ];
    for (const target of unknown) {
      assertDocument(await ask(`GET ${target}`), 404);
      assertDocument(await ask(`POST ${target}`), 404);
    }
  });
});

test("GET / shows log mode, error display, theme and cookies, escaped, and a form for each request", async (commandLine) => {
  await withApp(commandLine, async (ask) => {
    const first = await ask("GET /?a=query");
    assertDocument(first, 200);
    assertMatch(
      first.body,
      /id="log_form">full<[^]*id="error_display">off<[^]*id="background">white<[^]*id="cookies">none</,
    );
    for (
      const action of [
        "/div",
        "/set_cookie",
        "/short_log/1",
        "/short_log/0",
        "/show_errors/1",
        "/show_errors/0",
      ]
    ) {
      assertMatch(first.body, new RegExp(`action="${action}"`));
    }
    await ask("POST /short_log/1");
    await ask("GET /showerrors/1");
    const second = await ask("GET /", { fields: "Cookie: bg_color=green; <b>=1\r\nCookie: x=<script>&\r\n" });
    assertMatch(second.body, /id="log_form">short<[^]*id="error_display">on<[^]*id="background">green</);
    assertStringIncludes(second.body, "x=&lt;script&gt;&amp;");
    assert(!second.body.includes("<script>") && !second.body.includes("<b>"));
  });
});
