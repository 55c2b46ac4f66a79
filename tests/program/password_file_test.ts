import { assertEquals, assertThrows } from "@std/assert";
import bcrypt from "bcryptjs";
import {
  createPasswordCheck,
  parsePasswords,
  PasswordFileError,
  readPasswordFile,
} from "../../src/program/password_file.ts";

Deno.test("readPasswordFile() takes the output of htpasswd -B", async () => {
  const path = await Deno.makeTempFile();
  try {
    const hash = bcrypt.hashSync("hunter2", 4).replace("$2b$", "$2y$");
    await Deno.writeTextFile(path, `# people\n\nann:${hash}\n`);
    const check = await readPasswordFile(path);
    assertEquals(await check("ann", "hunter2"), true);
    assertEquals(check("ann", "hunter2"), true, "the second time without computing a hash");
    assertEquals(await check("ann", "hunter3"), false);
    assertEquals(await check("bob", "hunter2"), false);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("parsePasswords() names the number of a bad line, and shows nothing of it", () => {
  for (const text of ["ann:hunter2", "ann:$apr1$a$b", "ann"]) {
    const error = assertThrows(() => parsePasswords(`# x\n${text}`), PasswordFileError);
    assertEquals(error.message, "lines name:hash with bcrypt hashes (htpasswd -B), got another in line 2");
  }
  assertThrows(() => parsePasswords("\n"), PasswordFileError, "at least one line");
});

Deno.test("createPasswordCheck() compares one at a time, and lets only a few wait", async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let compared = 0;
  const check = createPasswordCheck(new Map([["ann", "hash"]]), () => {
    compared++;
    return promise;
  });
  const responses = Array.from({ length: 17 }, (_, index) => check("ann", String(index)));
  assertEquals(responses[16], false);
  await Promise.resolve();
  assertEquals(compared, 1);
  resolve(false);
  assertEquals(await Promise.all(responses), new Array(17).fill(false));
});
