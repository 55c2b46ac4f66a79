/** A type with its read-only properties writable, for the one place that makes the value. */
export type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
