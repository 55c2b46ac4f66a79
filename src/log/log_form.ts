/** What an access entry holds: the columns of one line, or the request with head and body too. */
export type LogForm = "short" | "full";
