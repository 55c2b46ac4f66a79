import { assertEquals, assertStringIncludes } from "@std/assert";
import { figuresOfServer, sumServerFigures } from "../../../src/program/admin/server_figures.ts";
import { writePrometheusText } from "../../../src/program/admin/prometheus_text.ts";
import { linesOf } from "../../../src/program/admin/reporter.ts";
import { NO_FIGURES, type ServerFigures } from "../../../src/serving/figures.ts";
import { ResponseCounters } from "../../../src/serving/response_counters.ts";

function makeFigures(): ServerFigures {
  const responses = new ResponseCounters();
  responses.count("GET", 200, 0);
  responses.count("GET", 404, 3);
  responses.count("BREW", 405, 20_000);
  return {
    ...NO_FIGURES,
    requests: 3,
    responses: responses.figures,
    refusedConnections: { "connections": 2, "connections-per-address": 1 },
  };
}

Deno.test("figuresOfServer() counts responses, their time, and refusals by reason", () => {
  const text = writePrometheusText(figuresOfServer(makeFigures()));
  for (
    const line of [
      'millrace_requests_total{method="GET",status="2xx"} 1',
      'millrace_requests_total{method="GET",status="4xx"} 1',
      'millrace_requests_total{method="other",status="4xx"} 1',
      'millrace_request_duration_seconds_bucket{le="0.001"} 1',
      'millrace_request_duration_seconds_bucket{le="0.005"} 2',
      'millrace_request_duration_seconds_bucket{le="10"} 2',
      'millrace_request_duration_seconds_bucket{le="+Inf"} 3',
      "millrace_request_duration_seconds_sum 20.003",
      "millrace_request_duration_seconds_count 3",
      'millrace_connections_refused_total{reason="connections"} 2',
      'millrace_timeouts_total{kind="head"} 0',
    ]
  ) assertStringIncludes(text, `\n${line}\n`);
});

Deno.test("sumServerFigures() adds all numbers of several workers", () => {
  const sum = sumServerFigures([makeFigures(), makeFigures(), NO_FIGURES]);
  assertEquals([sum.requests, sum.refusedConnections.connections], [6, 4]);
  assertEquals(sum.responses.byMethod[1], 2);
  assertEquals(sum.responses.durationSumMs, 40_006);
});

Deno.test("linesOf() writes figures as put lines, with labels as words of the key", () => {
  const lines = linesOf(figuresOfServer(makeFigures()), { prefix: "millrace.app", timeSeconds: 17 });
  for (
    const line of [
      "put millrace.app.requests_total.GET.2xx 1 17",
      "put millrace.app.request_duration_seconds.le_0_001 1 17",
      "put millrace.app.request_duration_seconds.count 3 17",
      "put millrace.app.connections_refused_total.connections-per-address 1 17",
      "put millrace.app.held_bytes 0 17",
    ]
  ) assertStringIncludes(lines, `${line}\n`);
});
