/** Why a store could not be opened, as a word that programs compare. */
export type StoreOpenErrorCode =
  | "no-sqlite"
  | "no-directory"
  | "denied"
  | "foreign"
  | "damaged"
  | "locked"
  | "failed";

/**
 * A store that cannot be opened; its file is as it was.
 *
 * `no-sqlite`, `no-directory` and `denied` are about the call or the runtime, the others about the file.
 */
export class StoreOpenError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "StoreOpenError";
  /** The word for programs. */
  readonly code: StoreOpenErrorCode;

  /** Makes an error. @param message action, colon, state */
  constructor(code: StoreOpenErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
