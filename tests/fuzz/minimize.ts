import { joinBytes } from "../support/latin1.ts";

/** Cuts pieces out of an input, large ones first, as long as it still fails. */
export async function minimize(
  input: Uint8Array<ArrayBuffer>,
  stillFails: (input: Uint8Array<ArrayBuffer>) => Promise<boolean>,
): Promise<Uint8Array<ArrayBuffer>> {
  let smallest = input;
  for (let size = Math.ceil(input.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.length;) {
      const shorter = joinBytes([smallest.subarray(0, at), smallest.subarray(at + size)]);
      if (await stillFails(shorter)) smallest = shorter;
      else at += size;
    }
  }
  return smallest;
}
