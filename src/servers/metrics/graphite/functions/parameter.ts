/** The type of an argument, in the words of Graphite's `/functions`. */
export type ParameterType =
  | "seriesList"
  | "seriesLists"
  | "integer"
  | "float"
  | "string"
  | "boolean"
  | "interval"
  | "intOrInterval"
  | "intOrInf"
  | "nodeOrTag"
  | "aggFunc"
  | "any";

/** One argument that a function takes. */
export interface Parameter {
  /** Its name, in targets too. */
  readonly name: string;
  /** Its type. */
  readonly type: ParameterType;
  /** Whether it is required. */
  readonly required?: boolean;
  /** Whether it takes all further arguments too. */
  readonly multiple?: boolean;
  /** Its value if it is left out. */
  readonly default?: string | number | boolean;
}

/** The first argument of most functions. */
export const SERIES: Parameter = { name: "seriesList", type: "seriesList", required: true };
