/** Makes a preface of version 2 of the PROXY protocol, as latin1. @param block addresses and extensions */
export function prefaceV2(versionAndCommand: number, familyAndProtocol: number, block: string): string {
  const header = [versionAndCommand, familyAndProtocol, block.length >> 8, block.length & 0xff];
  return `\r\n\r\n\0\r\nQUIT\n${String.fromCharCode(...header)}${block}`;
}
