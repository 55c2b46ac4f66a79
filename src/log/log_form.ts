/** The form of an access entry: the columns of one line, or also the head and body of the request. */
export type LogForm = "short" | "full";
