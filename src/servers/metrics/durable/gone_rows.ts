import type { MetricsDatabase } from "./database.ts";

/**
 * Rows of data that memory no longer holds, to be removed from the database a few at a time.
 *
 * They do no harm until then. The deletion in the journal stays as long as they do, and empties a block of a
 * deleted series again. An empty series is dropped at the next start, and so is the older one of two with the
 * same key.
 */
export class GoneRows {
  /** Numbers of blocks. */
  readonly blockIds: number[] = [];
  /** Orders of series. */
  readonly orders: number[] = [];

  /** The number of rows. */
  get count(): number {
    return this.blockIds.length + this.orders.length;
  }

  /**
   * Removes rows within a transaction: a series after its blocks, because a block must never belong to an
   * unknown series.
   *
   * @param limit at most this many
   * @returns how many of each kind, for `forget`
   */
  remove(database: MetricsDatabase, limit: number): { readonly blocks: number; readonly series: number } {
    const blocks = Math.min(limit, this.blockIds.length);
    const series = Math.min(limit - blocks, this.orders.length);
    for (const blockId of this.blockIds.slice(this.blockIds.length - blocks)) database.deleteBlock(blockId);
    for (const order of this.orders.slice(this.orders.length - series)) database.deleteSeries(order);
    return { blocks, series };
  }

  /** Forgets the removed rows, after the commit. */
  forget({ blocks, series }: { readonly blocks: number; readonly series: number }): void {
    this.blockIds.length -= blocks;
    this.orders.length -= series;
  }
}
