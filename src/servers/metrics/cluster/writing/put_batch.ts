import type { Keyed } from "../../samples/key_table.ts";

const FIRST_CAPACITY = 1_024;

/** A key that this process has put. */
export interface KnownKey extends Keyed {
  /** Offset of the name of its newest samples, `mo:{tag}KEY`, which ends with the key. */
  readonly nameStart: number;
  /** Index of its partition. */
  readonly partition: number;
  /** Whether a put of it has been stored, so that it has its place in the order. */
  isRegistered: boolean;
  /** Its puts in the current batch, or in an earlier one. */
  group: KeyGroup | undefined;
}

/** The puts of one key in one batch: a list through {@linkcode PutBatch.next}. */
export interface KeyGroup {
  /** The batch that they are in. */
  readonly batch: PutBatch;
  /** The key. */
  readonly key: KnownKey;
  /** Index of its first put. */
  readonly first: number;
  /** Index of its last put. */
  last: number;
  /** The number of puts. */
  count: number;
  /** Whether each timestamp is later than the one before. */
  isAscending: boolean;
}

/** Puts that go to the store together: columns, and lists of the puts of each key. */
export class PutBatch {
  /** The number of puts. */
  count = 0;
  /** Seconds since 1970 of each. */
  timestamps: Float64Array;
  /** The value of each. */
  values: Float64Array;
  /** Index of the next put of the same key. */
  next: Int32Array;
  /** The keys, in the order of their first put in this batch. */
  groups: KeyGroup[] = [];

  /** Has no puts. @param spent a batch that is no longer needed, for the memory of its columns */
  constructor(spent?: PutBatch) {
    this.timestamps = spent?.timestamps ?? new Float64Array(FIRST_CAPACITY);
    this.values = spent?.values ?? new Float64Array(FIRST_CAPACITY);
    this.next = spent?.next ?? new Int32Array(FIRST_CAPACITY);
  }

  /** Adds a put. */
  add(key: KnownKey, timestamp: number, value: number): void {
    const index = this.count;
    if (index === this.values.length) this.#grow();
    this.timestamps[index] = timestamp;
    this.values[index] = value;
    this.count = index + 1;
    const { group } = key;
    if (group === undefined || group.batch !== this) {
      key.group = { batch: this, key, first: index, last: index, count: 1, isAscending: true };
      this.groups.push(key.group);
      return;
    }
    if (timestamp <= this.timestamps[group.last]!) group.isAscending = false;
    this.next[group.last] = index;
    group.last = index;
    group.count++;
  }

  #grow(): void {
    const capacity = this.values.length * 2;
    const [timestamps, values, next] = [this.timestamps, this.values, this.next];
    this.timestamps = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.next = new Int32Array(capacity);
    this.timestamps.set(timestamps);
    this.values.set(values);
    this.next.set(next);
  }
}
