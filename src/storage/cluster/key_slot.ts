/** The number of slots of a cluster (Redis Cluster specification, "Key distribution model"). */
export const SLOT_COUNT = 16_384;

/** The slot of a key without braces: CRC-16/XMODEM of its bytes, modulo 16,384. */
export function slotOf(key: string): number {
  let crc = 0;
  for (let index = 0; index < key.length; index++) {
    crc ^= key.charCodeAt(index) << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) !== 0 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return (crc & 0xffff) % SLOT_COUNT;
}

/** One part of the data: all its keys carry the tag, so that they lie on one server. */
export interface Partition {
  /** The hash tag with its braces, such as `{17}`. */
  readonly tag: string;
  /** The slot of the tag. */
  readonly slot: number;
}

/**
 * The partitions of a store, one in each run of slots of the same length: servers with as many slots have as many
 * partitions, give or take one, which tags by number would not give (with 256 of them on 100 servers one has eight).
 *
 * @param count a power of two, at most 4,096; fixed for the life of the data
 */
export function createPartitions(count: number): readonly Partition[] {
  const slotsEach = SLOT_COUNT / count;
  const partitions: Partition[] = [];
  let missing = count;
  for (let number = 0; missing > 0; number++) {
    const slot = slotOf(String(number));
    const index = Math.floor(slot / slotsEach);
    if (partitions[index] !== undefined) continue;
    partitions[index] = { tag: `{${number}}`, slot };
    missing--;
  }
  return partitions;
}
