/** What an argument is, in the words of Graphite's `/functions`. */
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
  /** What it is. */
  readonly type: ParameterType;
  /** Whether it must be there. */
  readonly required?: boolean;
  /** Whether all that follow are it too. */
  readonly multiple?: boolean;
  /** What it is when it is not there. */
  readonly default?: string | number | boolean;
}

/** The argument that most functions begin with. */
export const SERIES: Parameter = { name: "seriesList", type: "seriesList", required: true };
