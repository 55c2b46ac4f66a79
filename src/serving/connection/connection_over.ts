import { ConnectionError } from "../../net/connection.ts";

/** The failure of anything that comes after the end of its connection. @param action `read`, for example */
export function connectionIsOver(action: string): ConnectionError {
  return new ConnectionError("closed", `Cannot ${action}: the connection is over`);
}
