import { assertEquals } from "@std/assert";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { DocumentRoot } from "../../../../src/servers/static/disk/document_root.ts";
import { DownloadSlots } from "../../../../src/servers/static/disk/download_slots.ts";
import { streamFile } from "../../../../src/servers/static/disk/file_stream.ts";
import { SharedFiles } from "../../../../src/servers/static/disk/shared_files.ts";
import { within } from "../../../support/deadline.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { withFolder } from "../static_folder.ts";

Deno.test("streamFile() holds the file open while it waits for its turn, and sends it even if it is replaced meanwhile", async () => {
  await withFolder({ "a.bin": "first", "b.bin": "other" }, {}, async ({ path }) => {
    const root = new DocumentRoot({ path, symlinks: "inside", dotfiles: "deny", now: Date.now });
    const located = await root.locate(["a.bin"]);
    if (located.kind !== "file") throw new Error("the file is not there");
    const files = new SharedFiles(root);
    const clock = new FakeClock();
    const turns = new DownloadSlots(clock);
    const moving = Array.from({ length: 8 }, () => turns.enter());
    for (const download of moving) turns.next(download);
    const range = { kind: "range", range: { first: 0, last: 4 } } as const;
    const pieces = streamFile({ ...located, files, turns }, [range])[Symbol.asyncIterator]();
    const first = pieces.next();
    // join() settles when the file is open.
    await (await within(files.join(located), "the open file")).leave();
    await rename(join(path, "b.bin"), join(path, "a.bin"));
    for (const download of moving) turns.leave(download);
    const { value } = await within(first, "the first piece");
    assertEquals(new TextDecoder().decode(value), "first");
    assertEquals((await pieces.next()).done, true);
    assertEquals([files.size, clock.timerCount], [0, 0]);
  });
});
