import { assertEquals } from "@std/assert";
import { eventNameOf } from "../../../../src/servers/trap/records/event_name.ts";
import { bytesOf } from "../../../support/latin1.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const FORM_TYPE = "application/x-www-form-urlencoded";

const FIELDS: readonly (readonly [name: string, value: string])[] = [
  ["X-GitHub-Event", "pull_request"],
  ["x-gitlab-event", "Push Hook"],
  ["X-Event-Key", "repo:push"],
  ["X-Shopify-Topic", "orders/create"],
  ["ce-type", "com.example.created"],
];

const CONTENTS: readonly (readonly [sender: string, type: string, content: string, event: string])[] = [
  ["Stripe", JSON_TYPE, '{"object":"event","data":{"type":"x"},"type":"invoice.paid"}', "invoice.paid"],
  [
    "Slack, an event",
    JSON_TYPE,
    '{"type":"event_callback","event":{"type":"app_mention","text":"hi"}}',
    "app_mention",
  ],
  ["Slack, the check of a URL", JSON_TYPE, '{"type":"url_verification"}', "url_verification"],
  ["Slack, a command", FORM_TYPE, "token=x&command=%2Fdeploy&text=now", "/deploy"],
  [
    "Slack, a button",
    FORM_TYPE,
    `payload=${encodeURIComponent('{"type":"block_actions"}')}`,
    "block_actions",
  ],
  ["Twilio", FORM_TYPE, "MessageSid=SM1&MessageStatus=delivered", "delivered"],
  ["Standard Webhooks", JSON_TYPE, '{"type":"user.created","data":{}}', "user.created"],
  ["Paystack", JSON_TYPE, '{"event":"charge.success"}', "charge.success"],
  ["CloudEvents", "application/cloudevents+json", '{"type":"com.example.made"}', "com.example.made"],
  ["no name", JSON_TYPE, '{"type":"<b>not a name</b>"}', ""],
  ["no text", JSON_TYPE, '{"type":{"a":1}}', ""],
  ["no object", JSON_TYPE, "[1]", ""],
  ["no JSON", JSON_TYPE, "{", ""],
  ["another type", "text/plain", '{"type":"a"}', ""],
];

Deno.test("eventNameOf() finds the event in the fields of known senders", () => {
  for (const [name, value] of FIELDS) {
    assertEquals(
      eventNameOf({ headers: [["Host", "a"], [name, value]], body: new Uint8Array() }),
      value,
      name,
    );
  }
});

Deno.test("eventNameOf() finds the event in the content of known senders", () => {
  for (const [sender, type, content, event] of CONTENTS) {
    const headers = [["content-type", type]] as const;
    assertEquals(eventNameOf({ headers, body: bytesOf(content) }), event, sender);
  }
});

Deno.test("eventNameOf() does not read large content", () => {
  const body = bytesOf(`{"event":"a","x":"${"x".repeat(300_000)}"}`);
  assertEquals(eventNameOf({ headers: [["Content-Type", JSON_TYPE]], body }), "");
});
