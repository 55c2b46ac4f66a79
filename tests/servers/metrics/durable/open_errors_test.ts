import { assertEquals } from "@std/assert";
import { toOpenError } from "../../../../src/storage/open_errors.ts";

function failWith(codes: { readonly code?: string; readonly errcode?: number }): Error {
  return Object.assign(new Error("it failed"), codes);
}

Deno.test("toOpenError() says that there is no room if SQLite or the file system says so", () => {
  const rows = [
    // SQLITE_FULL, and SQLITE_IOERR_SHMSIZE (https://www.sqlite.org/rescode.html).
    failWith({ code: "ERR_SQLITE_ERROR", errcode: 13 }),
    failWith({ code: "ERR_SQLITE_ERROR", errcode: 4_874 }),
    failWith({ code: "ENOSPC" }),
    failWith({ code: "EDQUOT" }),
  ];
  for (const cause of rows) {
    for (const otherwise of ["failed", "damaged"] as const) {
      const error = toOpenError("a.db", cause, otherwise);
      assertEquals([error.code, error.cause], ["failed", cause]);
      assertEquals(
        error.message,
        'Cannot open "a.db": there is no room for it on the disk (it failed)',
      );
    }
  }
});

Deno.test("toOpenError() does not mention room if the disk itself may be at fault", () => {
  // SQLITE_IOERR_READ.
  const error = toOpenError("a.db", failWith({ code: "ERR_SQLITE_ERROR", errcode: 266 }), "failed");
  assertEquals([error.code, error.message], ["failed", 'Cannot open "a.db": it failed']);
});
