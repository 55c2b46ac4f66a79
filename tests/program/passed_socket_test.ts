import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/program/flags/flag.ts";
import { findPassedSocket } from "../../src/program/passed_socket.ts";

type Variables = Readonly<Partial<Record<"LISTEN_PID" | "LISTEN_FDS", string>>>;

const find = (variables: Variables): number | undefined => findPassedSocket((name) => variables[name], 77);

Deno.test("findPassedSocket() takes the one socket that was passed to this process", () => {
  const rows: [variables: Variables, descriptor: number | undefined][] = [
    [{ LISTEN_PID: "77", LISTEN_FDS: "1" }, 3],
    [{ LISTEN_PID: "78", LISTEN_FDS: "1" }, undefined],
    [{ LISTEN_FDS: "1" }, undefined],
    [{ LISTEN_PID: "77" }, undefined],
    [{}, undefined],
  ];
  for (const [variables, descriptor] of rows) assertEquals(find(variables), descriptor);
});

Deno.test("findPassedSocket() refuses several sockets", () => {
  assertThrows(() => find({ LISTEN_PID: "77", LISTEN_FDS: "2" }), UsageError, 'expected 1, got "2"');
});
