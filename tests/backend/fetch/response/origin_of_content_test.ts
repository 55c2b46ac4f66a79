import { assertEquals } from "@std/assert";
import { chooseFindKnown, type FindKnown } from "../../../../src/backend/fetch/response/origin_of_content.ts";
import { streamOf } from "../../../support/fetch_server.ts";

/** A Response without any state that can be seen. */
class ClosedResponse {
  readonly body: ReadableStream<Uint8Array> | null;
  readonly #isOwn: boolean;

  constructor(body?: BodyInit | null) {
    this.body = new Response(body).body;
    this.#isOwn = body instanceof ReadableStream;
  }

  get isUsedByReader(): boolean {
    return !this.#isOwn && this.body?.locked === true;
  }
}

/** The same on a runtime that counts known content as used when it has a reader. */
class TellingResponse extends ClosedResponse {
  get bodyUsed(): boolean {
    return this.isUsedByReader;
  }
}

/** What is found of a body, once it has a reader. */
function look(find: FindKnown, Class: typeof Response, body: BodyInit): ReturnType<FindKnown> {
  const response = new Class(body);
  response.body!.getReader();
  return find(response);
}

Deno.test("chooseFindKnown() tells known content from streams, with its length", () => {
  const find = chooseFindKnown(Response);
  assertEquals(look(find, Response, new Blob(["a", "bc"])), { length: 3 });
  assertEquals(look(find, Response, streamOf("abc")), undefined);
});

Deno.test("chooseFindKnown() sees which content a reader uses up", () => {
  const Class = TellingResponse as unknown as typeof Response;
  const find = chooseFindKnown(Class);
  assertEquals(look(find, Class, "text"), { length: undefined });
  assertEquals(look(find, Class, streamOf("abc")), undefined);
});

Deno.test("chooseFindKnown() takes all content for known on a runtime that tells nothing", () => {
  const Class = ClosedResponse as unknown as typeof Response;
  assertEquals(look(chooseFindKnown(Class), Class, streamOf("abc")), { length: undefined });
});
