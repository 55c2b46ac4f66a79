import { assertEquals } from "@std/assert";
import type { StoredRequest } from "../../../../src/servers/trap/records/stored_request.ts";
import { RequestQueue } from "../../../../src/servers/trap/store/request_queue.ts";
import { numberedRequest } from "../stored_requests.ts";

function idsOf(requests: Iterable<StoredRequest>): string[] {
  return [...requests].map(({ id }) => id);
}

Deno.test("RequestQueue does the same as an array, whatever the order of the operations", () => {
  const queue = new RequestQueue();
  const model: StoredRequest[] = [];
  let seed = 1;
  const below = (limit: number): number => (seed = seed * 16_807 % 2_147_483_647) % limit;
  for (let step = 0; step < 5_000; step++) {
    const request = numberedRequest(step);
    const index = below(model.length + 1);
    // In turns it grows and shrinks.
    const action = below(10) + (Math.floor(step / 100) % 2 === 0 ? 0 : 3);
    if (action < 5) {
      queue.push(request);
      model.push(request);
    } else if (action < 6) {
      queue.insert(index, request);
      model.splice(index, 0, request);
    } else if (action < 11) {
      assertEquals(queue.shift(), model.shift());
    } else if (index < model.length) {
      assertEquals(queue.indexOf(model[index]!), index);
      queue.remove(index);
      model.splice(index, 1);
    } else if (step % 50 === 0) {
      queue.clear();
      model.length = 0;
    }
    assertEquals([queue.size, queue.at(index), queue.indexOf(request)], [
      model.length,
      model[index],
      model.indexOf(request),
    ]);
    if (step % 100 === 0) assertEquals(idsOf(queue), idsOf(model));
  }
});
