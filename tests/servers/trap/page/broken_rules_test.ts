import { assertEquals } from "@std/assert";
import { brokenRules } from "../../../../src/servers/trap/page/client/detail/broken_rules.js";
import { toRequestRecord } from "../../../../src/servers/trap/records/to_record.ts";
import { storedRequest } from "../stored_requests.ts";

const RULES = ["path is /x: expected /api", "method is POST: expected GET"];

Deno.test("brokenRules() gives broken rules, and no faults of the message", () => {
  const record = toRequestRecord(storedRequest("1"));
  assertEquals(brokenRules({ ...record, errors: [...RULES, RULES[0]!] }), RULES);
  const malformed = { offset: 1, rule: "bad-field: Cannot read a field" };
  assertEquals(brokenRules({ ...record, errors: ["Cannot read a field", ...RULES], malformed }), RULES);
  assertEquals(brokenRules({ ...record, errors: ["cut off", ...RULES], end: "aborted" }), RULES);
  assertEquals(
    brokenRules({ ...record, errors: [...RULES, "rule 1 cannot respond"], fault: "script" }),
    RULES,
  );
  assertEquals(brokenRules(record), []);
});
