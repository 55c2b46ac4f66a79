import { typeByExtension } from "@std/media-types";
import { extname } from "node:path";

const DEFAULT_TYPE = "application/octet-stream";

// What the library does not know.
const MORE_TYPES: ReadonlyMap<string, string> = new Map([[".zst", "application/zstd"]]);

/**
 * The media type of a file by the ending of its name.
 *
 * @param charset parameter for types of text; none by default
 */
export function mediaTypeOf(name: string, charset?: string): string {
  const extension = extname(name).toLowerCase();
  const type = extension === ""
    ? DEFAULT_TYPE
    : MORE_TYPES.get(extension) ?? knownType(extension) ?? DEFAULT_TYPE;
  return charset !== undefined && type.startsWith("text/") ? `${type}; charset=${charset}` : type;
}

/** Whether the name ends like a file that pages load: a picture, a script; not like a page. */
export function isAssetName(name: string): boolean {
  const extension = extname(name).toLowerCase();
  const type = knownType(extension);
  return type !== undefined && type !== "text/html";
}

/** Whether content of this type becomes smaller when it is compressed: text, and what is written as text. */
export function isCompressible(mediaType: string): boolean {
  return mediaType.startsWith("text/") ||
    /^(?:application\/(?:json|javascript|xml|wasm)|.*\+(?:json|xml))(?:;|$)/.test(mediaType);
}

function knownType(extension: string): string | undefined {
  return typeByExtension(extension);
}
