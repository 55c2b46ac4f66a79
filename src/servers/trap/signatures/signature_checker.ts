import { createHash, timingSafeEqual } from "node:crypto";
import type { HeaderField } from "../../../http/headers.ts";
import { authorityOf } from "../../../http/target.ts";
import type { SignatureRecord } from "../records/request_record.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import type { SchemeName, SignatureClaim, SignatureScheme, SignedMessage } from "./signature_scheme.ts";
import { SIGNATURE_SCHEMES } from "./signature_schemes.ts";

/** A secret, and its scheme. */
export type SchemeSecret = readonly [scheme: SchemeName, secret: string];

// The advice of the senders themselves.
const MAX_AGE_SECONDS = 300;

// Most requests have no signature: the length of a name excludes most of them.
const FIELD_LENGTHS = new Set(SIGNATURE_SCHEMES.flatMap(({ fields }) => fields.map(({ length }) => length)));

/** Checks the signatures of requests. Secrets never leave it. */
export class SignatureChecker {
  readonly #secrets: readonly SchemeSecret[];
  readonly #nowMs: () => number;

  /** @param nowMs milliseconds since 1970 */
  constructor(secrets: readonly SchemeSecret[], nowMs: () => number) {
    this.#secrets = secrets;
    this.#nowMs = nowMs;
  }

  /**
   * Checks the signature of a request; undefined for a request without one.
   *
   * @param headers its fields, so that they need not be found in its bytes
   */
  check(
    request: StoredRequest,
    headers: Iterable<HeaderField> = request.headers,
  ): SignatureRecord | undefined {
    const scheme = findScheme(headers);
    if (scheme === undefined || request.facts.end !== "complete") return undefined;
    if (request.wire.isCut) {
      return { scheme: scheme.name, verdict: "unknown", reason: "only the beginning of the content is kept" };
    }
    return this.#judge(scheme, scheme.read(messageOf(request)));
  }

  #judge({ name }: SignatureScheme, claim: SignatureClaim): SignatureRecord {
    if (claim.kind === "malformed") return { scheme: name, verdict: "invalid", reason: claim.reason };
    const secrets = this.#secretsOf(name);
    if (secrets.length === 0) {
      return { scheme: name, verdict: "unknown", reason: `no secret is known: --secret ${name}=...` };
    }
    const expected = secrets.flatMap((secret) => claim.expected(secret));
    const isRight = claim.signatures.some((given) => expected.some((text) => isSame(given, text)));
    if (!isRight) {
      const reason = "it was signed with another secret, or the content was changed";
      return { scheme: name, verdict: "invalid", reason };
    }
    const ageSeconds = Math.floor(this.#nowMs() / 1_000) - (claim.timestamp ?? Infinity);
    if (claim.timestamp !== undefined && Math.abs(ageSeconds) > MAX_AGE_SECONDS) {
      return { scheme: name, verdict: "invalid", reason: describeAge(ageSeconds) };
    }
    return { scheme: name, verdict: "valid", reason: "" };
  }

  /**
   * The fields of a new signature; undefined for a request that was not signed, or whose secret is not known.
   */
  sign(message: SignedMessage): readonly HeaderField[] | undefined {
    const signer = this.#findSigner(message.headers);
    return signer?.scheme.sign(message, signer.secret, Math.floor(this.#nowMs() / 1_000));
  }

  /** The target of a message that will be signed: one with a hash of the content gets that of this content. */
  renewTarget(target: string, { headers, content }: Pick<SignedMessage, "headers" | "content">): string {
    return this.#findSigner(headers)?.scheme.renewTarget?.(target, content) ?? target;
  }

  #findSigner(headers: readonly HeaderField[]): { scheme: SignatureScheme; secret: string } | undefined {
    const scheme = findScheme(headers);
    const [secret] = scheme === undefined ? [] : this.#secretsOf(scheme.name);
    return scheme === undefined || secret === undefined ? undefined : { scheme, secret };
  }

  #secretsOf(wanted: SchemeName): readonly string[] {
    return this.#secrets.filter(([name]) => name === wanted).map(([, secret]) => secret);
  }
}

function findScheme(headers: Iterable<HeaderField>): SignatureScheme | undefined {
  for (const [name] of headers) {
    if (!FIELD_LENGTHS.has(name.length)) continue;
    const lower = name.toLowerCase();
    const scheme = SIGNATURE_SCHEMES.find(({ fields }) => fields.includes(lower));
    if (scheme !== undefined) return scheme;
  }
  return undefined;
}

function messageOf(request: StoredRequest): SignedMessage {
  const { headers, body } = request;
  return { headers, content: body, urls: urlsOf(request) };
}

/** The URLs that a sender may have signed: behind a proxy the scheme and the name differ. */
function urlsOf({ facts, headers }: StoredRequest): readonly string[] {
  const { target, isEncrypted } = facts;
  if (authorityOf(target) !== undefined) return [target];
  const valueOf = (wanted: string): string | undefined =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1].split(",")[0]?.trim();
  const hosts = [valueOf("x-forwarded-host"), valueOf("host")].filter((host) => host !== undefined);
  const schemes = new Set([
    valueOf("x-forwarded-proto") ?? (isEncrypted ? "https" : "http"),
    "https",
    "http",
  ]);
  return hosts.flatMap((host) => [...schemes].map((scheme) => `${scheme}://${host}${target}`));
}

function describeAge(seconds: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(seconds) / 60));
  const unit = minutes === 1 ? "minute" : "minutes";
  return seconds > 0
    ? `it is too old: signed ${minutes} ${unit} ago, at most ${MAX_AGE_SECONDS / 60} are allowed`
    : `it is from the future: signed for a time in ${minutes} ${unit}`;
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
