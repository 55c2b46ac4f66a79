// The event name that the sender of a webhook gives: in a field, or in the content.

import type { HeaderField } from "../../../http/headers.ts";
import { isObject } from "../rules/script_values.ts";
import { decodeParameter, findParameter, splitQuery } from "./parameters.ts";

/** The parts of a request that may name its event. Texts are bytes seen as latin1. */
export interface EventSource {
  /** The fields. */
  readonly headers: readonly HeaderField[];
  /** The content as it came. */
  readonly body: Uint8Array;
}

// GitHub, GitLab, Gitea, Bitbucket, Shopify, Square and others, CloudEvents.
const EVENT_FIELDS = new Set([
  "x-github-event",
  "x-gitlab-event",
  "x-gitea-event",
  "x-event-key",
  "x-shopify-topic",
  "x-event-type",
  "x-event-name",
  "ce-type",
]);

// Stripe, Standard Webhooks and Slack use `type`; the other spellings are those of smaller senders.
const EVENT_MEMBERS = ["event", "event_type", "eventType", "event_name", "eventName", "type"];

// Slack's slash commands, and the states in Twilio's reports.
const EVENT_PARAMETERS = ["command", "MessageStatus", "SmsStatus", "CallStatus", "EventType"];

// Larger content is not read for one word.
const MAX_READ_BYTES = 262_144;
const NAME = /^[\w.:/-][\w.:/ -]{0,99}$/;

/** The name of the event; "" if there is none. */
export function eventNameOf(source: EventSource): string {
  for (const [name, value] of source.headers) {
    if (EVENT_FIELDS.has(name.toLowerCase()) && value !== "") return value;
  }
  const { body } = source;
  if (body.length === 0 || body.length > MAX_READ_BYTES) return "";
  switch (formOf(source.headers)) {
    case "json":
      return nameInJson(new TextDecoder().decode(body));
    case "form":
      return nameInForm(new TextDecoder().decode(body));
    default:
      return "";
  }
}

function formOf(headers: readonly HeaderField[]): "json" | "form" | undefined {
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1].toLowerCase() ?? "";
  if (/^application\/(?:[\w.-]+\+)?json\b/.test(type)) return "json";
  return type.startsWith("application/x-www-form-urlencoded") ? "form" : undefined;
}

function nameInJson(text: string): string {
  const value = parseObject(text);
  // Slack wraps its events: `{ "type": "event_callback", "event": { "type": "message" } }`.
  const members = value?.["type"] === "event_callback" && isObject(value["event"]) ? value["event"] : value;
  for (const name of EVENT_MEMBERS) {
    const member = members?.[name];
    if (typeof member === "string" && NAME.test(member)) return member;
  }
  return "";
}

function nameInForm(text: string): string {
  const parameters = splitQuery(text);
  for (const name of EVENT_PARAMETERS) {
    const value = findParameter(parameters, name);
    if (value !== undefined && NAME.test(value)) return value;
  }
  // Slack's buttons and menus send a form with JSON in it.
  const payload = parameters.find(([name]) => name === "payload");
  return payload === undefined ? "" : nameInJson(decodeParameter(payload[1]));
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
