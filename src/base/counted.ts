/** A number with its noun: `1 key`, `2 keys`. @param noun in the singular; its plural ends with an s */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
