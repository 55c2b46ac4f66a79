// The text format of Prometheus, version 0.0.4.

import type { Distribution, Figure, FigureLabels, FigureSample } from "./figures.ts";

/** The media type of the text. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Writes figures, each name with `millrace_` in front. */
export function writePrometheusText(figures: readonly Figure[]): string {
  return figures.map((figure) => {
    const name = `millrace_${figure.name}`;
    const head = `# HELP ${name} ${escapeHelp(figure.help)}\n# TYPE ${name} ${figure.kind}\n`;
    const lines = figure.kind === "histogram"
      ? linesOfDistribution(name, figure.distribution)
      : linesOfSamples(name, figure.samples);
    return head + lines.join("");
  }).join("");
}

function linesOfSamples(name: string, samples: readonly FigureSample[]): string[] {
  return samples.map(({ labels, value }) => line(name, labels, value));
}

function linesOfDistribution(name: string, { bounds, counts, sum }: Distribution): string[] {
  let below = 0;
  const buckets = Array.from(counts, (count, index) => {
    below += count;
    return line(`${name}_bucket`, { le: index < bounds.length ? String(bounds[index]) : "+Inf" }, below);
  });
  return [...buckets, line(`${name}_sum`, undefined, sum), line(`${name}_count`, undefined, below)];
}

function line(name: string, labels: FigureLabels | undefined, value: number): string {
  const pairs = Object.entries(labels ?? {}).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${writeNumber(value)}\n`;
}

function writeNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
