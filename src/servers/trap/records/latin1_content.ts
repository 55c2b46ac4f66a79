import { decodeLatin1 } from "../../../http/tokens/text_window.ts";

// decodeLatin1() is made for heads: in longer texts each byte beyond ASCII takes a string until they are
// joined.
const PIECE_BYTES = 65_536;

/** The text of bytes seen as latin1, of content of any size. */
export function decodeLatin1Content(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    text += decodeLatin1(bytes.subarray(at, at + PIECE_BYTES));
  }
  return text;
}
