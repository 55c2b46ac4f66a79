import { sizeText } from "../../../../src/program/page/client/sizes.js";
import { assertEquals } from "@std/assert";
import {
  bytesOfLatin1,
  latin1Of,
  looksLikeText,
  readableText,
  textOfContent,
  utf8Of,
} from "../../../../src/servers/trap/page/client/text/bytes.js";
import { copyRaw } from "../../../../src/servers/trap/page/client/copy/copy_raw.js";
import {
  asciiText,
  hexRowCount,
  hexText,
  offsetText,
} from "../../../../src/servers/trap/page/client/content/hex_rows.js";
import {
  ageText,
  clockText,
  countOf,
  countText,
  dateText,
  microsecondsOf,
  spanText,
} from "../../../../src/servers/trap/page/client/text/sizes_and_times.js";
import {
  visibleBytes,
  visiblePieces,
  visibleText,
} from "../../../../src/servers/trap/page/client/text/visible_text.js";

Deno.test("visibleText() shows characters that are invisible, move text, or act on terminals", () => {
  const rows: readonly (readonly [text: string, visible: string])[] = [
    ["plain ü 中 🙂", "plain ü 中 🙂"],
    ["a\r\n\tb\0", "a\\r\\n\\tb\\x00"],
    ["\x1b[31mred\x9b", "\\x1b[31mred\\x9b"],
    ["evil\u202egnp.exe", "evil\\u{202e}gnp.exe"],
    ["a\u200bb\ufeffc\u2028d\u00a0e\u3164f", "a\\u{200b}b\\u{feff}c\\u{2028}d\\xa0e\\u{3164}f"],
    ["half \ud83d", "half \\u{d83d}"],
    ["tag \u{e0041}", "tag \\u{e0041}"],
  ];
  for (const [text, visible] of rows) assertEquals(visibleText(text), visible);
});

Deno.test("visiblePieces() tells escapes from text, and keeps line feeds and tabs if lines are wanted", () => {
  assertEquals(visiblePieces("a\x01\x02b"), [
    { text: "a", isEscape: false },
    { text: "\\x01\\x02", isEscape: true },
    { text: "b", isEscape: false },
  ]);
  const joined = visiblePieces("a\r\nb\tc\rd", "many lines").map(({ text }) => text).join("");
  assertEquals(joined, "a\nb\tc\\rd");
});

Deno.test("visibleBytes() reads UTF-8, and escapes each byte of anything else", () => {
  const show = (latin1: string) => visibleBytes(bytesOfLatin1(latin1)).map(({ text }) => text).join("");
  assertEquals(show("caf\xc3\xa9"), "café");
  assertEquals(show("caf\xe9 au lait\n"), "caf\\xe9 au lait\\n");
});

Deno.test("bytes become latin1, UTF-8 or the charset that a Content-Type names", () => {
  const all = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256);
  assertEquals(bytesOfLatin1(latin1Of(all)), all);
  assertEquals([utf8Of(bytesOfLatin1("\xff")), utf8Of(bytesOfLatin1("\xef\xbb\xbfa"))], [
    undefined,
    "\ufeffa",
  ]);
  assertEquals([readableText("\xc3\xbc"), readableText("\xfc"), readableText("u")], ["ü", "\xfc", "u"]);
  assertEquals(textOfContent(bytesOfLatin1("\xfc"), 'text/plain; charset="ISO-8859-1"'), "ü");
  assertEquals(textOfContent(bytesOfLatin1("\xc3\xbc"), "text/plain; charset=none-such"), "ü");
});

Deno.test("looksLikeText() knows texts from other bytes, also if a character is cut", () => {
  const text = "ü".repeat(3_000);
  assertEquals(looksLikeText(new TextEncoder().encode(`x${text}`)), true);
  assertEquals(looksLikeText(new Uint8Array()), true);
  assertEquals(looksLikeText(bytesOfLatin1("\x89PNG\r\n\x1a\n\0")), false);
});

Deno.test("copyRaw() copies text as it is, other bytes in base64, and says when content is missing", () => {
  const copy = (latin1: string, totalBytes: number) => copyRaw({ bytes: bytesOfLatin1(latin1), totalBytes });
  assertEquals(copy("GET /\r\n", 7), { text: "GET /\r\n", notes: [] });
  assertEquals(copy("\0\xff", 2).text, "AP8=");
  assertEquals(copy("GET", 1_234).notes, ["Only the first 3 of 1,234 bytes: download the rest."]);
});

Deno.test("numbers are formatted for people", () => {
  assertEquals([0, 1_023, 1_024, 1_500, 250_000, 5e9].map(sizeText), [
    "0 B",
    "1023 B",
    "1.0 KiB",
    "1.5 KiB",
    "244 KiB",
    "4.7 GiB",
  ]);
  assertEquals([countText(1_234_567), countOf(1, "byte"), countOf(1_000, "byte")], [
    "1,234,567",
    "1 byte",
    "1,000 bytes",
  ]);
  const noon = new Date(2026, 0, 31, 12, 5, 9).toISOString();
  assertEquals([clockText(noon), dateText(noon)], ["12:05:09", "2026-01-31"]);
  assertEquals([clockText("soon"), dateText("soon")], ["soon", "soon"]);
  assertEquals([-5, 999, 59_000, 60_000, 3_600_000, 864e5].map(ageText), [
    "now",
    "now",
    "59 s",
    "1 min",
    "1 h",
    "1 d",
  ]);
  assertEquals(clockText("no time"), "no time");
  assertEquals(microsecondsOf("1970-01-01T00:00:01.000002Z"), 1_000_002);
  assertEquals([spanText(12), spanText(1_250_000), spanText(-3)], ["+0.012 ms", "+1.250 s", "-0.003 ms"]);
});

Deno.test("bytes are shown in rows of digits and characters", () => {
  assertEquals([hexRowCount(0, 16), hexRowCount(16, 16), hexRowCount(17, 16)], [0, 1, 2]);
  assertEquals([offsetText(255), hexText(10), asciiText(0x41), asciiText(0x7f)], [
    "000000ff",
    "0a",
    "A",
    ".",
  ]);
});
