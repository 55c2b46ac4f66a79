/** A value now or later. A value that is ready is passed on without a promise. */
export type MaybePromise<T> = T | Promise<T>;
