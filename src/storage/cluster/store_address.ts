// The value of `--store`: redis://[user:password@]host:port[,host:port...], or rediss:// for TLS.

/** One server of the store. */
export interface NodeAddress {
  /** Name or IP address, IPv6 without brackets. */
  readonly hostname: string;
  /** TCP port, 1 to 65,535. */
  readonly port: number;
}

/** Servers of the store, and credentials for them. */
export interface StoreAddress {
  /** Some servers of the store, at least one; it names the others. */
  readonly nodes: readonly NodeAddress[];
  /** Whether the connections use TLS. */
  readonly isEncrypted: boolean;
  /** The user of the access control list; default the server's own default user. */
  readonly username?: string | undefined;
  /** The password. */
  readonly password?: string | undefined;
}

/** The form that {@linkcode parseStoreAddress} takes, for messages. */
export const STORE_ADDRESS_FORM = "redis://[user:password@]host:port[,host:port...] or rediss://...";

const DEFAULT_PORT = 6379;
const FORM = /^(redis|rediss):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^@/?#]+)\/?$/;
const NODE = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]\s]+))(?::([0-9]{1,5}))?$/;

/** Reads the address of a store; undefined when the text has another form. User and password are percent-decoded. */
export function parseStoreAddress(text: string): StoreAddress | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, scheme, username, password, hosts] = match;
  const nodes: NodeAddress[] = [];
  for (const host of hosts!.split(",")) {
    const node = parseNode(host);
    if (node === undefined) return undefined;
    nodes.push(node);
  }
  const credentials = decodeCredentials(username, password);
  return credentials && { nodes, isEncrypted: scheme === "rediss", ...credentials };
}

/** A node as `host:port`, for messages and as the key of maps. */
export function showNode({ hostname, port }: NodeAddress): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

function parseNode(text: string): NodeAddress | undefined {
  const match = NODE.exec(text);
  if (match === null) return undefined;
  const port = match[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  return port >= 1 && port <= 65_535 ? { hostname: (match[1] ?? match[2])!, port } : undefined;
}

function decodeCredentials(
  username: string | undefined,
  password: string | undefined,
): Pick<StoreAddress, "username" | "password"> | undefined {
  try {
    return {
      username: username === undefined || username === "" ? undefined : decodeURIComponent(username),
      password: password === undefined ? undefined : decodeURIComponent(password),
    };
  } catch {
    return undefined;
  }
}
