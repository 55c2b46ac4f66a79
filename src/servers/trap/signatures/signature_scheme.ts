// The common parts of the signature schemes.

import { createHmac } from "node:crypto";
import type { HeaderField } from "../../../http/headers.ts";

/** The name of a scheme of signatures, as `--secret` takes it. */
export type SchemeName = "github" | "stripe" | "slack" | "shopify" | "twilio" | "standard-webhooks";

/** All of them. */
export const SCHEME_NAMES: readonly SchemeName[] = [
  "github",
  "stripe",
  "slack",
  "shopify",
  "twilio",
  "standard-webhooks",
];

/** A message to sign or to check. */
export interface SignedMessage {
  /** The fields of the request. */
  readonly headers: readonly HeaderField[];
  /** The content, byte for byte. */
  readonly content: Uint8Array;
  /** The possible URLs of the sender, the likeliest first. */
  readonly urls: readonly string[];
}

/** The decoded signature fields of a request. */
export type SignatureClaim =
  | {
    readonly kind: "claim";
    /** Its signatures. */
    readonly signatures: readonly string[];
    /** The time of the signature, in seconds since 1970; undefined for schemes without a time. */
    readonly timestamp: number | undefined;
    /** The correct signatures. */
    readonly expected: (secret: string) => readonly string[];
  }
  | { readonly kind: "malformed"; readonly reason: string };

/** A scheme. */
export interface SignatureScheme {
  /** Its name. */
  readonly name: SchemeName;
  /** Names of fields in lower case that identify it. */
  readonly fields: readonly string[];
  /** Reads the claim of a request with such a field. */
  readonly read: (message: SignedMessage) => SignatureClaim;
  /** The target of a message with this content, if the target says something about the content. */
  readonly renewTarget?: (target: string, content: Uint8Array) => string;
  /** The fields of a message's signature; they replace the present ones. */
  readonly sign: (message: SignedMessage, secret: string, seconds: number) => readonly HeaderField[];
}

/** The forms of a digest. */
export type Digest = "hex" | "base64";

/** Makes an HMAC over several parts. */
export function hmac(
  algorithm: "sha1" | "sha256",
  secret: string | Uint8Array,
  parts: readonly (string | Uint8Array)[],
): { readonly as: (digest: Digest) => string } {
  const made = createHmac(algorithm, secret);
  for (const part of parts) made.update(part);
  return { as: (digest: Digest): string => made.digest(digest) };
}

/** The value of the first field of this name, in lower case; "" if there is none. */
export function fieldOf({ headers }: SignedMessage, name: string): string {
  return headers.find(([field]) => field.toLowerCase() === name)?.[1] ?? "";
}

/** A claim that cannot be read. */
export function malformed(field: string, expected: string): SignatureClaim {
  return { kind: "malformed", reason: `${field} is malformed: expected ${expected}` };
}

/** Whether a text is base64 with its padding. */
export function isBase64(text: string): boolean {
  return text.length > 0 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}
