import { createHash, createHmac } from "node:crypto";
import { assertEquals, assertMatch } from "@std/assert";
import {
  type SchemeSecret,
  SignatureChecker,
} from "../../../../src/servers/trap/signatures/signature_checker.ts";
import { SIGNATURE_SCHEMES } from "../../../../src/servers/trap/signatures/signature_schemes.ts";
import { exchange } from "../../../support/loopback.ts";
import { storedRequest } from "../stored_requests.ts";
import { withTrap } from "../trap_fixture.ts";

const NOW_SECONDS = 1_750_000_000;
const CONTENT = '{"a":1}';

function hmac(
  algorithm: string,
  secret: string | Uint8Array,
  text: string,
  digest: "hex" | "base64",
): string {
  return createHmac(algorithm, secret).update(text).digest(digest);
}

type Fields = readonly (readonly [string, string])[];

// Made by the documents of the senders, without the code under test.
const SIGNED: readonly (readonly [scheme: SchemeSecret[0], secret: string, fields: Fields])[] = [
  // The example in GitHub's documents has different content, so the digest is computed here.
  ["github", "It's a Secret", [[
    "X-Hub-Signature-256",
    `sha256=${hmac("sha256", "It's a Secret", CONTENT, "hex")}`,
  ]]],
  ["github", "old", [["X-Hub-Signature", `sha1=${hmac("sha1", "old", CONTENT, "hex")}`]]],
  ["stripe", "whsec_x", [[
    "Stripe-Signature",
    `t=${NOW_SECONDS},v1=${hmac("sha256", "whsec_x", `${NOW_SECONDS}.${CONTENT}`, "hex")},v0=0`,
  ]]],
  ["slack", "8f74", [
    ["X-Slack-Request-Timestamp", String(NOW_SECONDS)],
    ["X-Slack-Signature", `v0=${hmac("sha256", "8f74", `v0:${NOW_SECONDS}:${CONTENT}`, "hex")}`],
  ]],
  ["shopify", "shh", [["X-Shopify-Hmac-SHA256", hmac("sha256", "shh", CONTENT, "base64")]]],
  ["standard-webhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", [
    ["webhook-id", "msg_1"],
    ["webhook-timestamp", String(NOW_SECONDS)],
    [
      "webhook-signature",
      `v1,${
        hmac(
          "sha256",
          Uint8Array.from(atob("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), (character) => character.charCodeAt(0)),
          `msg_1.${NOW_SECONDS}.${CONTENT}`,
          "base64",
        )
      } v1,other`,
    ],
  ]],
];

function judge(secrets: readonly SchemeSecret[], headers: Fields, content: string, seconds: number): string {
  const checker = new SignatureChecker(secrets, () => seconds * 1_000);
  const found = checker.check(storedRequest("1", content, { headers: [...headers], method: "POST" }));
  return found === undefined ? "none" : `${found.scheme} ${found.verdict} ${found.reason}`.trimEnd();
}

Deno.test("SignatureChecker finds every scheme by its fields, and says valid, or why not", () => {
  for (const [scheme, secret, fields] of SIGNED) {
    const own: SchemeSecret = [scheme, secret];
    assertEquals(judge([own], fields, CONTENT, NOW_SECONDS), `${scheme} valid`);
    assertEquals(judge([[scheme, "another"], own], fields, CONTENT, NOW_SECONDS), `${scheme} valid`);
    const changed = `${scheme} invalid it was signed with another secret, or the content was changed`;
    assertEquals(judge([own], fields, `${CONTENT} `, NOW_SECONDS), changed);
    assertEquals(judge([[scheme, "another"]], fields, CONTENT, NOW_SECONDS), changed);
    assertMatch(judge([], fields, CONTENT, NOW_SECONDS), /^\S+ unknown no secret is known: --secret /);
    const isTimed = ["stripe", "slack", "standard-webhooks"].includes(scheme);
    const late = judge([own], fields, CONTENT, NOW_SECONDS + 3_600);
    if (isTimed) assertMatch(late, / invalid it is too old: signed 60 minutes ago, at most 5 are allowed$/);
    else assertEquals(late, `${scheme} valid`);
  }
  assertEquals(judge([["github", "x"]], [["Host", "a"]], CONTENT, NOW_SECONDS), "none");
  assertMatch(
    judge([["github", "x"]], [["X-Hub-Signature-256", "sha256=zz"]], CONTENT, NOW_SECONDS),
    /^github invalid X-Hub-Signature-256 is malformed/,
  );
});

Deno.test("SignatureChecker knows Twilio's signature over URL and form, behind a proxy too", () => {
  const form = "To=%2B1&From=a+b";
  const text = "https://hook.test/sms?x=1Froma bTo+1";
  const headers: Fields = [
    ["Host", "127.0.0.1:5000"],
    ["X-Forwarded-Host", "hook.test"],
    ["Content-Type", "application/x-www-form-urlencoded"],
    ["X-Twilio-Signature", hmac("sha1", "token", text, "base64")],
  ];
  const checker = new SignatureChecker([["twilio", "token"]], () => 0);
  const request = storedRequest("1", form, { headers: [...headers], target: "/sms?x=1", method: "POST" });
  assertEquals(checker.check(request)?.verdict, "valid");
});

const TWILIO_FORM = "application/x-www-form-urlencoded";
const HASHED = `/j?bodySHA256=${createHash("sha256").update(CONTENT).digest("hex")}`;
const SETTINGS = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256";

// As Twilio's own libraries sign.
const TWILIO_SIGNED: readonly {
  readonly name: string;
  readonly signed: string;
  readonly host?: string;
  readonly target?: string;
  readonly content?: string;
  readonly type?: string;
  readonly settings?: string;
}[] = [
  { name: "with the default port", signed: "https://a.test:443/s", host: "a.test" },
  { name: "without the port of Host", signed: "https://a.test/s", host: "a.test:8443" },
  { name: "without the port of an IPv6 host", signed: "https://[::1]/s", host: "[::1]:5000" },
  {
    name: "sorted by name and value, the same pair once",
    signed: "https://a.test/sMaMbN",
    content: "N=&M=b&M=a&M=a",
  },
  {
    name: "UTF-8 that is not escaped",
    signed: "https://a.test/sé☃☃",
    content: "\xc3\xa9=\xe2\x98\x83%E2%98%83",
  },
  { name: "JSON by its hash", signed: `https://a.test${HASHED}`, target: HASHED, type: "application/json" },
  { name: "a form by its hash", signed: `https://a.test${HASHED}`, target: HASHED },
  { name: "SHA-256", signed: "https://a.test/s", content: "", settings: SETTINGS },
];

Deno.test("SignatureChecker accepts all forms of Twilio's signature", () => {
  for (const row of TWILIO_SIGNED) {
    const { name, signed, host = "a.test", target = "/s", type = TWILIO_FORM, settings = "" } = row;
    const content = row.content ?? (target === HASHED ? CONTENT : "");
    const headers: Fields = [
      ["Host", host],
      ["Content-Type", type],
      ["X-Twilio-Webhooks-Signature-Settings", settings],
      ["X-Twilio-Signature", hmac(settings === "" ? "sha1" : "sha256", "token", signed, "base64")],
    ];
    const checker = new SignatureChecker([["twilio", "token"]], () => 0);
    const request = storedRequest("1", content, { headers: [...headers], target, method: "POST" });
    assertEquals(checker.check(request)?.verdict, "valid", name);
  }
});

Deno.test("each scheme accepts its own signatures", () => {
  for (const scheme of SIGNATURE_SCHEMES) {
    const [first = ""] = scheme.fields;
    const content = new TextEncoder().encode(CONTENT);
    const message = { headers: [["Host", "a"], [first, "old"]] as const, content, urls: ["http://a/api"] };
    const checker = new SignatureChecker([[scheme.name, "secret"]], () => NOW_SECONDS * 1_000);
    const signature = checker.sign(message)!;
    const headers = [["Host", "a"], ...signature] as const;
    assertEquals(judge([[scheme.name, "secret"]], headers, CONTENT, NOW_SECONDS), `${scheme.name} valid`);
  }
});

Deno.test("a record has the verdict on its signature, and neither record nor log has the secret", async () => {
  await withTrap({ options: { secrets: [["github", "TOPSECRET"]] } }, async (trap) => {
    const [, , fields] = SIGNED[0]!;
    const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const sent =
      `POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n${head}Connection: close\r\n\r\n${CONTENT}`;
    await exchange(trap.port, sent);
    const [record] = await trap.records(1);
    assertEquals(record!.signature?.verdict, "invalid");
    assertEquals(JSON.stringify(record).includes("TOPSECRET"), false);
    assertEquals((await trap.log()).includes("TOPSECRET"), false);
  });
});
