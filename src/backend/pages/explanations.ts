// Sentences for people. The details are in the message of the error, which is not for everyone.
const EXPLANATIONS: ReadonlyMap<number, string> = new Map([
  [400, "The request could not be understood, so nothing was done."],
  [401, "You need to sign in for this address."],
  [403, "This address is not open to you."],
  [404, "There is nothing at this address. Perhaps it was mistyped, or what was here has moved."],
  [405, "This address does not accept the method of the request."],
  [408, "The request took too long to arrive. Please try again."],
  [411, "The request must say how long its content is."],
  [413, "The request carries more content than is accepted here."],
  [414, "The address is too long."],
  [416, "The part that was asked for does not exist."],
  [417, "The request expects something that cannot be promised here."],
  [421, "This address is served on a secured connection only."],
  [429, "There have been too many requests. Please wait a little, then try again."],
  [431, "The fields of the request are too long or too many. Deleting cookies may help."],
  [501, "The request asks for something that this program does not know."],
  [503, "The program is too busy right now. Please try again in a moment."],
  [505, "This version of HTTP is not spoken here. Please use HTTP/1.1."],
]);

/**
 * Explains an error status to a person (RFC 9110 §15.5, §15.6).
 *
 * @param status 400 to 599
 */
export function explainStatus(status: number): string {
  return EXPLANATIONS.get(status) ??
    (status < 500
      ? "The request could not be served as it is."
      : "Something went wrong on our side. The error has been noted.");
}
