/** Rows of text below a heading; the first column is text, all others are figures. */
export interface Table {
  /** Heading of each column. */
  readonly columns: readonly string[];
  /** One text for each column; missing ones stay empty. */
  readonly rows: readonly (readonly string[])[];
}

/** Writes a table in Markdown, aligned so that it also reads well in a terminal. */
export function toMarkdown(table: Table): string {
  const widths = table.columns.map((column, index) =>
    Math.max(3, column.length, ...table.rows.map((row) => (row[index] ?? "").length))
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, index) => pad(cells[index] ?? "", width, index)).join(" | ")} |`;
  const rule = widths.map((width, index) => index === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`);
  return [line(table.columns), line(rule), ...table.rows.map(line)].join("\n");
}

function pad(text: string, width: number, index: number): string {
  return index === 0 ? text.padEnd(width) : text.padStart(width);
}

/** The median of a list of figures; undefined for none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

/** A figure with separators for thousands, or "n/a". */
export function formatNumber(value: number | undefined, digits: number = 0): string {
  if (value === undefined || !Number.isFinite(value)) return "n/a";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** One figure as a multiple of another, or "n/a". */
export function formatRatio(value: number | undefined, base: number | undefined): string {
  return value === undefined || base === undefined ? "n/a" : formatNumber(value / base, 2);
}
