// State that a runtime keeps in its objects under symbols of its own.

/** Values under symbols. */
export interface HiddenState {
  [key: symbol]: unknown;
}

/** An object as the holder of such values. */
export function hiddenStateOf(object: object): HiddenState {
  return object as HiddenState;
}

/** The symbol of an object with this description; undefined if there is none. */
export function findSymbol(object: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description);
}
