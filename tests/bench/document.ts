// Puts tables of the benchmark into a document, each section between two comments of its own.

/**
 * Replaces the parts of a document that belong to sections; a section without a part gets a new one at the end.
 *
 * @param document Markdown
 * @param parts Markdown by the name of the section
 */
export function writeParts(document: string, parts: ReadonlyMap<string, string>): string {
  let written = document;
  for (const [name, part] of parts) {
    const [begin, end] = [`<!-- bench ${name}: written by deno task bench -->`, `<!-- end of ${name} -->`];
    const block = `${begin}\n\n${part.trim()}\n\n${end}`;
    const [start, stop] = [written.indexOf(begin), written.indexOf(end)];
    written = start < 0 || stop < start
      ? `${written.trimEnd()}\n\n${block}\n`
      : written.slice(0, start) + block + written.slice(stop + end.length);
  }
  return written;
}
