// The conformance table of docs/conformance.md: `deno task conformance` writes it, and report_test.ts checks that it is
// up to date.

import { toMarkdown } from "../bench/table.ts";
import type { Requirement } from "../support/requirements.ts";
import { RFC9110, RFC9112 } from "./requirements.ts";

/** The document with the table. */
export const DOCUMENT = new URL("../../docs/conformance.md", import.meta.url);

const BEGIN = "<!-- conformance: written by deno task conformance -->";
const END = "<!-- end of conformance -->";

const CHAPTERS: Readonly<Record<string, string>> = {
  "RFC 9112 §2": "message",
  "RFC 9112 §3": "request line, Host",
  "RFC 9112 §4": "status line",
  "RFC 9112 §5": "fields",
  "RFC 9112 §6": "message body",
  "RFC 9112 §7": "transfer codings",
  "RFC 9112 §9": "connections",
  "RFC 9110 §2": "conformance",
  "RFC 9110 §3": "terminology",
  "RFC 9110 §4": "identifiers",
  "RFC 9110 §5": "fields",
  "RFC 9110 §6": "message abstraction",
  "RFC 9110 §7": "routing",
  "RFC 9110 §8": "representations",
  "RFC 9110 §9": "methods",
  "RFC 9110 §10": "message context",
  "RFC 9110 §11": "authentication",
  "RFC 9110 §12": "content negotiation",
  "RFC 9110 §13": "conditional requests",
  "RFC 9110 §14": "range requests",
  "RFC 9110 §15": "status codes",
};

type Row = readonly [chapter: string, requirement: Requirement];

/** The block of the document: how many requirements hold, by section, and why the others do not. */
export function makeReport(): string {
  const rows: Row[] = [
    ...RFC9112.map((requirement): Row => [chapterOf("RFC 9112", requirement), requirement]),
    ...RFC9110.map((requirement): Row => [chapterOf("RFC 9110", requirement), requirement]),
  ].filter(([, [, level]]) => level !== "MAY");
  const chapters = [...new Set(rows.map(([chapter]) => chapter))];
  const table = toMarkdown({
    columns: ["section", "MUST, MUST NOT", "SHOULD, SHOULD NOT"],
    rows: [
      ...chapters.map((chapter) => countRow(chapter, rows.filter(([other]) => other === chapter))),
      countRow("all", rows),
    ],
  });
  const reasons = rows.flatMap(([, [section, level, claim, , reason]]) =>
    reason === undefined ? [] : [`- RFC 9110 §${section} ${level}, ${claim}: ${reason}.`]
  );
  return [BEGIN, "", table, "", "What does not hold:", "", ...reasons, "", END].join("\n");
}

function chapterOf(rfc: string, [section]: Requirement): string {
  return `${rfc} §${section.split(".")[0]}`;
}

function countRow(chapter: string, rows: readonly Row[]): string[] {
  const count = (level: string): string => {
    const wanted = rows.filter(([, requirement]) => requirement[1].startsWith(level));
    const held = wanted.filter(([, requirement]) => requirement[4] === undefined);
    return wanted.length === 0 ? "" : `${held.length} of ${wanted.length}`;
  };
  const title = CHAPTERS[chapter];
  return [title === undefined ? chapter : `${chapter} ${title}`, count("MUST"), count("SHOULD")];
}

/** The block as it stands in the document. @throws {Error} when there is none */
export function findReport(document: string): string {
  const [start, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (start < 0 || end < start) throw new Error("Cannot find the conformance table in docs/conformance.md");
  return document.slice(start, end + END.length);
}

if (import.meta.main) {
  const document = await Deno.readTextFile(DOCUMENT);
  await Deno.writeTextFile(DOCUMENT, document.replace(findReport(document), () => makeReport()));
}
