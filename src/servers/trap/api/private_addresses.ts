// The addresses that belong to no public host: the registries of special-purpose addresses (RFC 6890 and its
// updates).

type Range = readonly [address: string, prefixBits: number];

const PRIVATE_IPV4: readonly Range[] = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // shared by carriers
  ["127.0.0.0", 8], // loopback
  ["169.254.0.0", 16], // link-local
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // relays, deprecated
  ["192.168.0.0", 16], // private
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, and broadcast
];

// Everything outside of global unicast is special; these are the special ones inside of it.
const GLOBAL_UNICAST: Range = ["2000::", 3];
const PRIVATE_IPV6: readonly Range[] = [
  ["2001::", 23], // protocol assignments, Teredo among them
  ["2001:db8::", 32], // documentation
  ["3fff::", 20], // documentation
];

// IPv6 addresses that stand for an IPv4 address, and its offset in their 16 bytes.
const EMBEDDED_IPV4: readonly (readonly [range: Range, at: number])[] = [
  [["::ffff:0:0", 96], 12], // mapped
  [["64:ff9b::", 96], 12], // translated
  [["2002::", 16], 2], // 6to4
];

/**
 * Whether an address is not public, or not an address at all.
 *
 * @param address as text, IPv6 without brackets
 */
export function isPrivateAddress(address: string): boolean {
  const bytes = parseAddress(address);
  return bytes === undefined || isPrivate(bytes);
}

/** Whether only this machine can reach an address. @param address as text, IPv6 without brackets */
export function isLoopbackAddress(address: string): boolean {
  const bytes = parseAddress(address);
  if (bytes === undefined) return false;
  const mapped = bytes.length === 16 && isIn(bytes, ["::ffff:0:0", 96]) ? bytes.slice(12) : bytes;
  return mapped.length === 4 ? mapped[0] === 127 : isIn(mapped, ["::1", 128]);
}

function isPrivate(bytes: readonly number[]): boolean {
  if (bytes.length === 4) return PRIVATE_IPV4.some((range) => isIn(bytes, range));
  const embedded = EMBEDDED_IPV4.find(([range]) => isIn(bytes, range));
  if (embedded !== undefined) return isPrivate(bytes.slice(embedded[1], embedded[1] + 4));
  return !isIn(bytes, GLOBAL_UNICAST) || PRIVATE_IPV6.some((range) => isIn(bytes, range));
}

function isIn(bytes: readonly number[], [address, prefixBits]: Range): boolean {
  const start = parseAddress(address)!;
  return start.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixBits - index * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === (bytes[index]! & mask);
  });
}

/** The 4 or 16 bytes of an address. */
function parseAddress(text: string): readonly number[] | undefined {
  if (!text.includes(":")) return parseIpv4(text);
  const [left = "", right, ...rest] = text.split("::");
  if (rest.length > 0) return undefined;
  const front = parseGroups(left);
  const back = right === undefined ? [] : parseGroups(right);
  if (front === undefined || back === undefined) return undefined;
  const missing = 16 - front.length - back.length;
  if (right === undefined ? missing !== 0 : missing < 2) return undefined;
  return [...front, ...new Array<number>(missing).fill(0), ...back];
}

function parseIpv4(text: string): readonly number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.map(Number);
}

function parseGroups(text: string): readonly number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else {
      const ipv4 = index === groups.length - 1 ? parseIpv4(group) : undefined;
      if (ipv4 === undefined) return undefined;
      bytes.push(...ipv4);
    }
  }
  return bytes;
}
