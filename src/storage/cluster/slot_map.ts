import { SLOT_COUNT } from "./key_slot.ts";
import { type NodeAddress, showNode } from "./store_address.ts";

/** The owner of each slot, as far as we know. */
export class SlotMap {
  readonly #owners: (NodeAddress | undefined)[] = new Array(SLOT_COUNT).fill(undefined);
  // A server that was lost may come back with an old view: the claim with the higher epoch wins.
  readonly #epochs: number[] = new Array(SLOT_COUNT).fill(-1);
  #nodes: readonly NodeAddress[];
  #redirectedTo: NodeAddress | undefined;
  // Every write asks this, and looking at all owners takes 10 µs.
  #isComplete = false;

  /** Makes a map that knows no owner yet. @param seeds servers to ask */
  constructor(seeds: readonly NodeAddress[]) {
    this.#nodes = seeds;
  }

  /** All servers that were named, replicas too: any of them can be asked for the map. */
  get nodes(): readonly NodeAddress[] {
    return this.#nodes;
  }

  /** The servers that own slots, each once. */
  get primaries(): readonly NodeAddress[] {
    return [...new Map(this.#owners.flatMap((node) => node ? [[showNode(node), node]] : [])).values()];
  }

  /** Whether every slot has an owner. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** The owner of a slot. */
  ownerOf(slot: number): NodeAddress | undefined {
    return this.#owners[slot];
  }

  /** Learns from a redirection. */
  move(slot: number, node: NodeAddress): void {
    this.#owners[slot] = node;
    this.#redirectedTo = node;
    this.#isComplete ||= !this.#owners.includes(undefined);
  }

  /** The server of the last redirection, once: no other one may know yet that it owns the slot. */
  takeRedirection(): NodeAddress | undefined {
    const node = this.#redirectedTo;
    this.#redirectedTo = undefined;
    return node;
  }

  /** Gives all slots to one server that is not a member of a cluster. */
  giveAllTo(node: NodeAddress): void {
    this.#owners.fill(node);
    this.#isComplete = true;
    this.#nodes = [node];
  }

  /** Takes the replies of servers (CLUSTER NODES), all of about the same time. */
  learn(views: readonly ClusterView[]): void {
    if (views.length === 0) return;
    this.#owners.fill(undefined);
    this.#epochs.fill(-1);
    const nodes = new Map<string, NodeAddress>();
    for (const { members } of views) {
      for (const { node, epoch, slots } of members) {
        nodes.set(showNode(node), node);
        for (const [first, last] of slots) this.#claim(node, epoch, { first, last });
      }
    }
    this.#nodes = [...nodes.values()];
    this.#isComplete = !this.#owners.includes(undefined);
  }

  #claim(node: NodeAddress, epoch: number, { first, last }: { first: number; last: number }): void {
    for (let slot = first; slot <= last; slot++) {
      if (epoch <= this.#epochs[slot]!) continue;
      this.#epochs[slot] = epoch;
      this.#owners[slot] = node;
    }
  }
}

/** One server of a cluster, as another one sees it. */
export interface ClusterMember {
  /** Its address. */
  readonly node: NodeAddress;
  /** The age of its claims: a later failover has a higher number. */
  readonly epoch: number;
  /** Runs of slots, first and last. */
  readonly slots: readonly (readonly [first: number, last: number])[];
}

/** The view that one server has of its cluster. */
export interface ClusterView {
  /** The members that can be reached, as far as this server knows. */
  readonly members: readonly ClusterMember[];
}

/**
 * Reads the reply to CLUSTER NODES: a member a line, `id host:port@port,name flags primary ping pong epoch link slots...`.
 *
 * @param from the server that was asked, which may not know its own address
 */
export function parseClusterNodes(text: string, from: NodeAddress): ClusterView {
  const members: ClusterMember[] = [];
  for (const line of text.split("\n")) {
    const [, address, flags, , , , epoch, , ...slots] = line.trim().split(" ");
    if (address === undefined || flags === undefined || /\b(?:noaddr|handshake|fail)\b(?!\?)/.test(flags)) {
      continue;
    }
    const node = parseMember(address, from);
    if (node !== undefined) members.push({ node, epoch: Number(epoch), slots: slots.flatMap(parseSlots) });
  }
  return { members };
}

function parseMember(text: string, from: NodeAddress): NodeAddress | undefined {
  const match = /^(.*):(\d+)(?:@\d+)?(?:,([^,]*).*)?$/.exec(text);
  if (match === null) return undefined;
  const [, ip, port, name] = match;
  // A certificate is for a name, and a name is announced where addresses are of no use.
  const hostname = name !== undefined && name !== "" && name !== "?" ? name : ip;
  return {
    hostname: hostname === undefined || hostname === "" ? from.hostname : hostname,
    port: Number(port),
  };
}

// `[93->-id]` and `[77-<-id]` are slots on their way: they still belong to the server that says so.
function parseSlots(text: string): [number, number][] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  return match === null ? [] : [[Number(match[1]), Number(match[2] ?? match[1])]];
}
