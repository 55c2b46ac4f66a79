import { createHash } from "node:crypto";
import { decodeLatin1, encodeLatin1 } from "../../../bytes/latin1.ts";
import { decodeParameter, splitQuery } from "../records/parameters.ts";
import {
  fieldOf,
  hmac,
  isBase64,
  malformed,
  type SignatureScheme,
  type SignedMessage,
} from "./signature_scheme.ts";

/** https://www.twilio.com/docs/usage/security#validating-requests */
export const TWILIO: SignatureScheme = {
  name: "twilio",
  fields: ["x-twilio-signature"],
  read(message) {
    const given = fieldOf(message, "x-twilio-signature");
    if (!isBase64(given)) return malformed("X-Twilio-Signature", "base64");
    const hash = contentHashOf(message);
    if (hash !== undefined && hash.toLowerCase() !== sha256(message.content)) {
      return { kind: "malformed", reason: "the content was changed: it does not fit bodySHA256" };
    }
    return {
      kind: "claim",
      signatures: [given],
      timestamp: undefined,
      expected: (secret) => message.urls.flatMap(withPorts).map((url) => signUrl(message, url, secret)),
    };
  },
  renewTarget: (target, content) =>
    target.replace(CONTENT_HASH, (_, name: string) => `${name}${sha256(content)}`),
  sign(message, secret) {
    const [url = ""] = message.urls;
    return [["X-Twilio-Signature", signUrl(message, url, secret)]];
  },
};

function signUrl(message: SignedMessage, url: string, secret: string): string {
  const settings = fieldOf(message, "x-twilio-webhooks-signature-settings");
  const algorithm = /(^|,)\s*algorithm\s*=\s*HMAC_SHA256\s*(,|$)/i.test(settings) ? "sha256" : "sha1";
  return hmac(algorithm, secret, [url, encodeLatin1(formText(message))]).as("base64");
}

/** Names and values of a form, sorted and joined; a parameter that is repeated with its value counts once. */
function formText(message: SignedMessage): string {
  const type = fieldOf(message, "content-type").toLowerCase();
  const isForm = type.startsWith("application/x-www-form-urlencoded");
  if (!isForm || contentHashOf(message) !== undefined) return "";
  const parameters = splitQuery(decodeLatin1(message.content))
    .map(([name, value]) => ({ name: decodeParameter(name), value: decodeParameter(value) }))
    .toSorted((left, right) => compare(left.name, right.name) || compare(left.value, right.value));
  return parameters
    .filter(({ name, value }, index) => {
      const before = parameters[index - 1];
      return before?.name !== name || before.value !== value;
    })
    .map(({ name, value }) => name + value).join("");
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The hash of content other than a form, which the URL carries. */
function contentHashOf({ urls: [url = ""] }: SignedMessage): string | undefined {
  return CONTENT_HASH.exec(url)?.[2];
}

const CONTENT_HASH = /([?&]bodySHA256=)([0-9a-fA-F]*)/;

/** The URL as it is, with the default port, and without a port: Twilio signs any of these. */
function withPorts(url: string): readonly string[] {
  const [, origin, port, rest = ""] = /^(https?:\/\/(?:\[[^\]]*\]|[^/?#:]*))(:[0-9]*)?(.*)$/.exec(url) ?? [];
  if (origin === undefined) return [url];
  const other = port === undefined ? (origin.startsWith("https:") ? ":443" : ":80") : "";
  return [url, `${origin}${other}${rest}`];
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
