// @ts-check
/// <reference lib="dom" />
// Copies text, even if the page came over plain HTTP from another machine and browsers offer no clipboard.

/**
 * Puts a text onto the clipboard.
 *
 * @param {string} text
 * @returns {Promise<boolean>} whether it is there now
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByEvent(text);
  }
}

/**
 * Answers the browser's own question of what to copy. A field that holds the text would change the ends of its lines.
 *
 * @param {string} text
 * @returns {boolean}
 */
function copyByEvent(text) {
  const answer = (/** @type {ClipboardEvent} */ event) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  };
  document.addEventListener("copy", answer);
  const isCopied = document.execCommand("copy");
  document.removeEventListener("copy", answer);
  return isCopied;
}

/**
 * Offers bytes as a file. The browser saves it and never shows it, whatever is in it.
 *
 * @param {Uint8Array<ArrayBuffer> | string} content
 * @param {string} fileName ours, never one that was captured
 */
export function saveFile(content, fileName) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
