import { bytesOf } from "../../support/latin1.ts";

/** The date when the files of the site were changed, in the form of HTTP. */
export const CHANGED = "Tue, 02 Jan 2024 03:04:05 GMT";
/** Stands for the entity tag of `/a.txt`, whatever the server's tag for it is. */
export const TAG = "{tag}";
/** A name as long as file systems allow. */
export const LONG_NAME = `${"\u20ac".repeat(83)}.txt`;

const FILES: readonly (readonly [name: string, content: string])[] = [
  ["a.txt", "0123456789"],
  ["empty.txt", ""],
  ["style.css", "body{}"],
  ["style.css.gz", "\x1f\x8bstand for gzip of style.cs"],
  ["dir/index.html", "<p>index</p>"],
  ["list/one.txt", "1"],
  ["future.txt", "not yet"],
  [LONG_NAME, "long"],
];

/** Makes the folder that the static server serves to the requirements. @returns its path */
export async function makeSite(): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "millrace-site-" });
  await Deno.mkdir(`${root}/dir`);
  await Deno.mkdir(`${root}/list`);
  for (const [name, content] of FILES) {
    const time = new Date(name === "future.txt" ? "2099-01-01T00:00:00Z" : CHANGED);
    await Deno.writeFile(`${root}/${name}`, bytesOf(content));
    await Deno.utime(`${root}/${name}`, time, time);
  }
  return root;
}
