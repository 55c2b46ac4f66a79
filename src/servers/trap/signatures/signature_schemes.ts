// The signatures of webhooks, each as its sender documents it.

import { fieldOf, hmac, isBase64, malformed, type SignatureScheme } from "./signature_scheme.ts";
import { TWILIO } from "./twilio_scheme.ts";

function readSeconds(text: string): number | undefined {
  return /^[0-9]{1,12}$/.test(text) ? Number(text) : undefined;
}

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
const GITHUB: SignatureScheme = {
  name: "github",
  fields: ["x-hub-signature-256", "x-hub-signature"],
  read(message) {
    const strong = fieldOf(message, "x-hub-signature-256");
    const given = strong || fieldOf(message, "x-hub-signature");
    if (!/^(sha256=[0-9a-f]{64}|sha1=[0-9a-f]{40})$/i.test(given)) {
      return malformed("X-Hub-Signature-256", "sha256= and 64 hexadecimal digits");
    }
    const [name = "", digits = ""] = given.toLowerCase().split("=");
    const algorithm = name === "sha1" ? "sha1" : "sha256";
    return {
      kind: "claim",
      signatures: [digits],
      timestamp: undefined,
      expected: (secret) => [hmac(algorithm, secret, [message.content]).as("hex")],
    };
  },
  sign: ({ content }, secret) => [
    ["X-Hub-Signature-256", `sha256=${hmac("sha256", secret, [content]).as("hex")}`],
    ["X-Hub-Signature", `sha1=${hmac("sha1", secret, [content]).as("hex")}`],
  ],
};

/** https://docs.stripe.com/webhooks/signature */
const STRIPE: SignatureScheme = {
  name: "stripe",
  fields: ["stripe-signature"],
  read(message) {
    const parts = fieldOf(message, "stripe-signature").split(",").map((part) => part.trim().split("="));
    const valuesOf = (wanted: string): string[] =>
      parts.filter(([name]) => name === wanted).map(([, value = ""]) => value.toLowerCase());
    const [time = ""] = valuesOf("t");
    const timestamp = readSeconds(time);
    const signatures = valuesOf("v1");
    if (timestamp === undefined || signatures.length === 0) {
      return malformed("Stripe-Signature", "t= and v1=");
    }
    return {
      kind: "claim",
      signatures,
      timestamp,
      expected: (secret) => [hmac("sha256", secret, [`${time}.`, message.content]).as("hex")],
    };
  },
  sign: ({ content }, secret, seconds) => [
    [
      "Stripe-Signature",
      `t=${seconds},v1=${hmac("sha256", secret, [`${seconds}.`, content]).as("hex")}`,
    ],
  ],
};

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
const SLACK: SignatureScheme = {
  name: "slack",
  fields: ["x-slack-signature"],
  read(message) {
    const given = fieldOf(message, "x-slack-signature").toLowerCase();
    const time = fieldOf(message, "x-slack-request-timestamp");
    const timestamp = readSeconds(time);
    if (!/^v0=[0-9a-f]{64}$/.test(given)) {
      return malformed("X-Slack-Signature", "v0= and 64 hexadecimal digits");
    }
    if (timestamp === undefined) return malformed("X-Slack-Request-Timestamp", "seconds since 1970");
    return {
      kind: "claim",
      signatures: [given.slice(3)],
      timestamp,
      expected: (secret) => [hmac("sha256", secret, [`v0:${time}:`, message.content]).as("hex")],
    };
  },
  sign: ({ content }, secret, seconds) => [
    ["X-Slack-Signature", `v0=${hmac("sha256", secret, [`v0:${seconds}:`, content]).as("hex")}`],
    ["X-Slack-Request-Timestamp", String(seconds)],
  ],
};

/** https://shopify.dev/docs/apps/build/webhooks/subscribe/https */
const SHOPIFY: SignatureScheme = {
  name: "shopify",
  fields: ["x-shopify-hmac-sha256"],
  read(message) {
    const given = fieldOf(message, "x-shopify-hmac-sha256");
    if (!isBase64(given)) return malformed("X-Shopify-Hmac-Sha256", "base64");
    return {
      kind: "claim",
      signatures: [given],
      timestamp: undefined,
      expected: (secret) => [hmac("sha256", secret, [message.content]).as("base64")],
    };
  },
  sign: ({ content }, secret) => [["X-Shopify-Hmac-Sha256", hmac("sha256", secret, [content]).as("base64")]],
};

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const STANDARD: SignatureScheme = {
  name: "standard-webhooks",
  fields: ["webhook-signature", "svix-signature"],
  read(message) {
    const prefix = fieldOf(message, "webhook-signature") === "" ? "svix" : "webhook";
    const [id, time] = [fieldOf(message, `${prefix}-id`), fieldOf(message, `${prefix}-timestamp`)];
    const given = fieldOf(message, `${prefix}-signature`).split(" ").filter((part) => part.startsWith("v1,"));
    const timestamp = readSeconds(time);
    if (timestamp === undefined || id === "") {
      return malformed(`${prefix}-id and ${prefix}-timestamp`, "both");
    }
    if (given.length === 0) return malformed(`${prefix}-signature`, "v1, and base64");
    return {
      kind: "claim",
      signatures: given.map((part) => part.slice(3)),
      timestamp,
      expected: (secret) => [signStandard(secret, `${id}.${time}.`, message.content)],
    };
  },
  sign(message, secret, seconds) {
    const prefix = fieldOf(message, "svix-signature") === "" ? "webhook" : "svix";
    const id = fieldOf(message, `${prefix}-id`) || `msg_${seconds}`;
    return [
      [`${prefix}-id`, id],
      [`${prefix}-timestamp`, String(seconds)],
      [`${prefix}-signature`, `v1,${signStandard(secret, `${id}.${seconds}.`, message.content)}`],
    ];
  },
};

function signStandard(secret: string, start: string, content: Uint8Array): string {
  const text = secret.replace(/^whsec_/, "");
  const key = isBase64(text) ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0)) : text;
  return hmac("sha256", key, [start, content]).as("base64");
}

/** All schemes. */
export const SIGNATURE_SCHEMES: readonly SignatureScheme[] = [
  GITHUB,
  STRIPE,
  SLACK,
  SHOPIFY,
  TWILIO,
  STANDARD,
];
