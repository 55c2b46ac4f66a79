import { assertEquals } from "@std/assert";
import { counter, Figures, gauge, histogram, samplesOf } from "../../../src/program/admin/figures.ts";
import { writePrometheusText } from "../../../src/program/admin/prometheus_text.ts";

Deno.test("writePrometheusText() writes counters, gauges and histograms and escapes labels", () => {
  const figures = new Figures();
  figures.add(() => [
    counter("requests_total", "Requests taken", 3),
    gauge("refused", 'What "it" is\nworth \\', samplesOf("reason", { 'a"b\\c\n': 1, d: 2.5 })),
  ]);
  figures.add(() => [
    histogram("duration_seconds", "Time", { bounds: [0.1, 1], counts: [2, 0, 1], sum: 7.5 }),
    gauge("odd", "Not finite", [{ value: Infinity }, { labels: { a: "b" }, value: NaN }]),
  ]);
  assertEquals(
    writePrometheusText(figures.collect()),
    `# HELP millrace_requests_total Requests taken
# TYPE millrace_requests_total counter
millrace_requests_total 3
# HELP millrace_refused What "it" is\\nworth \\\\
# TYPE millrace_refused gauge
millrace_refused{reason="a\\"b\\\\c\\n"} 1
millrace_refused{reason="d"} 2.5
# HELP millrace_duration_seconds Time
# TYPE millrace_duration_seconds histogram
millrace_duration_seconds_bucket{le="0.1"} 2
millrace_duration_seconds_bucket{le="1"} 2
millrace_duration_seconds_bucket{le="+Inf"} 3
millrace_duration_seconds_sum 7.5
millrace_duration_seconds_count 3
# HELP millrace_odd Not finite
# TYPE millrace_odd gauge
millrace_odd +Inf
millrace_odd{a="b"} NaN
`,
  );
});
