// Saved views of the page: a list of names with the query of each, kept in one JSON file.

import { readFile, rename, writeFile } from "node:fs/promises";
import { HttpError } from "../../../http/errors.ts";

/** A saved view. */
export interface Board {
  /** Its name, for people. */
  readonly name: string;
  /** The query of the page's address, with "?", or "". */
  readonly query: string;
}

/** Keeps boards. */
export interface BoardStore {
  /** All boards, in their order. */
  readonly read: () => Promise<readonly Board[]>;
  /** Replaces all boards. */
  readonly write: (boards: readonly Board[]) => Promise<void>;
}

const MAX_BOARDS = 1_000;
const MAX_NAME_LENGTH = 200;
const MAX_QUERY_LENGTH = 16_384;

/** Keeps boards until the program ends. */
export function createMemoryBoards(): BoardStore {
  let boards: readonly Board[] = [];
  return {
    read: () => Promise.resolve(boards),
    write: (changed) => {
      boards = changed;
      return Promise.resolve();
    },
  };
}

/**
 * Keeps boards in a file, which is replaced as a whole, so that a reader never sees half of it.
 *
 * @param path of the JSON file, which need not exist
 */
export function createFileBoards(path: string): BoardStore {
  return {
    read: async () => {
      let text: string;
      try {
        text = await readFile(path, "utf-8");
      } catch (error) {
        if ((error as { readonly code?: unknown }).code === "ENOENT") return [];
        throw error;
      }
      return parseBoards(JSON.parse(text));
    },
    write: async (boards) => {
      const draft = `${path}.new`;
      await writeFile(draft, JSON.stringify({ boards }, null, 2) + "\n");
      await rename(draft, path);
    },
  };
}

/**
 * Checks boards that came from outside.
 *
 * @param value `{ "boards": [{ "name", "query" }] }`
 * @throws {HttpError} 400 for anything else, or for too many boards
 */
export function parseBoards(value: unknown): readonly Board[] {
  const boards = isObject(value) ? value["boards"] : undefined;
  if (!Array.isArray(boards)) throw refusal('expected an object with an array "boards"');
  if (boards.length > MAX_BOARDS) throw refusal(`expected at most ${MAX_BOARDS} boards`);
  const names = new Set<string>();
  return boards.map((board: unknown): Board => {
    const { name, query } = isObject(board) ? board : {};
    if (typeof name !== "string" || name === "" || name.length > MAX_NAME_LENGTH) {
      throw refusal(`expected a name of 1 to ${MAX_NAME_LENGTH} characters`);
    }
    if (typeof query !== "string" || query.length > MAX_QUERY_LENGTH || !/^(?:\?|$)/.test(query)) {
      throw refusal(`expected a query that begins with "?", of at most ${MAX_QUERY_LENGTH} characters`);
    }
    if (names.has(name)) throw refusal(`the name ${JSON.stringify(name)} is there twice`);
    names.add(name);
    return { name, query };
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function refusal(state: string): HttpError {
  return new HttpError(400, `Cannot save boards: ${state}`);
}
