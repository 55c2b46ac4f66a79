// @ts-check
/// <reference lib="dom" />
// Copies text, even if the page came over plain HTTP from another machine and browsers offer no clipboard.

/**
 * Puts a text into the clipboard.
 *
 * @param {string} text
 * @returns {Promise<boolean>} whether the text is in the clipboard now
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
 * Gives the text to the browser's own copy event. A field that holds the text would change its line ends.
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
 * Offers bytes as a file. The browser saves it and never shows it, whatever its content.
 *
 * @param {Uint8Array<ArrayBuffer> | string} content
 * @param {string} fileName one of ours, never a captured name
 */
export function saveFile(content, fileName) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
