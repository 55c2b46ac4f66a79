// The rules of RFC 9110 for a request for a file, written a second time, slowly and from the text alone. It uses
// nothing of the server's code.

/** A file in one of its forms. */
export interface OracleForm {
  readonly etag: string;
  readonly bytes: Uint8Array;
  readonly lastModifiedMs: number;
}

/** The response that the server must give. `ranges` are the parts of a 206, first and last byte. */
export interface Expected {
  readonly status: number;
  readonly coding: string;
  readonly ranges?: readonly (readonly [first: number, last: number])[];
}

/** The request. */
export interface OracleRequest {
  readonly method: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Responses for a file that exists. @param forms by content coding, `identity` among them */
export function expectResponse(request: OracleRequest, forms: ReadonlyMap<string, OracleForm>): Expected {
  const { method, fields } = request;
  if (method !== "GET" && method !== "HEAD") return { status: 405, coding: "identity" };
  const coding = expectCoding(fields["Accept-Encoding"], [...forms.keys()]);
  const form = forms.get(coding)!;
  const status = expectCondition(fields, form);
  if (status !== 200) return { status, coding };
  // §13.2.2 step 5, §14.2: Range counts for GET, and if there is an If-Range, only when it is true.
  const range = fields["Range"];
  if (method !== "GET" || range === undefined) return { status, coding };
  const ifRange = fields["If-Range"];
  const isCurrent = ifRange === undefined || ifRange === form.etag ||
    Date.parse(ifRange) === form.lastModifiedMs;
  if (!isCurrent) return { status, coding };
  const ranges = expectRanges(range, form.bytes.length);
  if (ranges === "ignored") return { status, coding };
  if (ranges.length === 0) return { status: 416, coding };
  // §14.2: a server may ignore Range. Ours does if the frame of the parts (§14.6) would not be in the coding (§8.4).
  return ranges.length > 1 && coding !== "identity" ? { status, coding } : { status: 206, coding, ranges };
}

/** §12.5.3, with br before zstd before gzip if the weights are equal. */
function expectCoding(field: string | undefined, available: readonly string[]): string {
  if (field === undefined) return "identity";
  const weights: Record<string, number> = {};
  for (const member of field.split(",")) {
    const [name, weight = "q=1"] = member.trim().split(/\s*;\s*/);
    weights[name!] = Number(weight.slice(2));
  }
  const weightOf = (coding: string): number =>
    weights[coding] ?? weights["*"] ?? (coding === "identity" ? 0.000_1 : 0);
  const order = ["br", "zstd", "gzip", "identity"].filter((coding) => available.includes(coding));
  const best = Math.max(...order.map(weightOf));
  return best === 0 ? "identity" : order.find((coding) => weightOf(coding) === best)!;
}

/** §13.2.2 steps 1 to 4: 200, 304 or 412. */
function expectCondition(fields: Readonly<Record<string, string>>, form: OracleForm): number {
  const names = (list: string, isWeakMatch: boolean): boolean =>
    list === "*" ||
    list.split(/\s*,\s*/).some((tag) => (isWeakMatch ? tag.replace(/^W\//, "") : tag) === form.etag);
  if (fields["If-Match"] !== undefined) {
    if (!names(fields["If-Match"], false)) return 412;
  } else if (form.lastModifiedMs > Date.parse(fields["If-Unmodified-Since"] ?? "none")) return 412;
  if (fields["If-None-Match"] !== undefined) return names(fields["If-None-Match"], true) ? 304 : 200;
  return form.lastModifiedMs <= Date.parse(fields["If-Modified-Since"] ?? "none") ? 304 : 200;
}

/** §14.1.2, §14.2: the parts; none if the range cannot be satisfied. */
function expectRanges(field: string, size: number): "ignored" | [number, number][] {
  if (!/^bytes=[ \t]*,*[ \t]*(\d+-\d*|-\d+)([ \t]*,[ \t]*(\d+-\d*|-\d+)?)*$/.test(field)) return "ignored";
  const specs = field.slice(6).split(",").map((spec) => spec.trim()).filter((spec) => spec !== "");
  if (specs.length > 50) return "ignored";
  const wanted = specs.map((spec) => spec.split("-").map((end) => end === "" ? undefined : BigInt(end)));
  if (wanted.some(([first, last]) => first !== undefined && last !== undefined && last < first)) {
    return "ignored";
  }
  const satisfiable = wanted.filter(([first, last]) =>
    first === undefined ? last! > 0n : first < BigInt(size)
  );
  if (satisfiable.length > 0 && size === 0) return "ignored";
  // One flag for each byte tells which ranges overlap.
  let groups: Set<number>[] = [];
  for (const [first, last] of satisfiable) {
    const from = first === undefined ? Math.max(0, size - Number(last)) : Number(first);
    const to = first === undefined || last === undefined || last >= BigInt(size) ? size - 1 : Number(last);
    const group = new Set(Array.from({ length: to - from + 1 }, (_, i) => from + i));
    const touched = groups.filter((other) => !other.isDisjointFrom(group));
    const merged = touched.reduce((sum, other) => sum.union(other), group);
    const place = touched.length === 0 ? groups.length : groups.indexOf(touched[0]!);
    groups = groups.flatMap((other, i) => i === place ? [merged] : touched.includes(other) ? [] : [other]);
    if (touched.length === 0) groups.push(merged);
  }
  return groups.map((group) => [Math.min(...group), Math.max(...group)]);
}
