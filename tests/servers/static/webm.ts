// A video made of still pictures, in as much of WebM (a subset of Matroska, RFC 9559) as browsers need for seeking.

import { joinBytes } from "../../../src/bytes/join_bytes.ts";

/** A video to be made. */
export interface Clip {
  /** The key frame of VP8 that is shown in each second. */
  readonly frames: readonly Uint8Array[];
  /** Of each frame, in pixels. */
  readonly width: number;
  /** Of each frame, in pixels. */
  readonly height: number;
  /** Bytes without meaning after each frame, so that the whole is too long to be loaded at once. */
  readonly padding: number;
}

/** The bytes of a video. */
export function makeWebm({ frames, width, height, padding }: Clip): Uint8Array {
  const head = [
    element(0x1549a966, [
      element(0x2ad7b1, number(1_000_000)), // TimestampScale: a millisecond
      element(0x4489, float(frames.length * 1_000)), // Duration
    ]),
    element(0x1654ae6b, [element(0xae, [
      element(0xd7, number(1)), // TrackNumber
      element(0x73c5, number(1)), // TrackUID
      element(0x83, number(1)), // TrackType: video
      element(0x86, text("V_VP8")),
      element(0xe0, [element(0xb0, number(width)), element(0xba, number(height))]),
    ])]),
  ];
  const clusters = frames.map((frame, second) =>
    element(0x1f43b675, [
      element(0xe7, number(second * 1_000)),
      element(0xa3, [Uint8Array.of(0x81, 0, 0, 0x80), frame]), // SimpleBlock: track 1, at once, a key frame
      element(0xec, new Uint8Array(padding)), // Void
    ])
  );
  // All numbers have the same length, so the index does not grow when its positions are known.
  const start = joinBytes([...head, makeCues(clusters, 0)]).length;
  return joinBytes([
    element(0x1a45dfa3, [
      element(0x4282, text("webm")),
      element(0x4287, number(2)),
      element(0x4285, number(2)),
    ]),
    element(0x18538067, [...head, makeCues(clusters, start), ...clusters]),
  ]);
}

/** The index: where each second begins. */
function makeCues(clusters: readonly Uint8Array[], start: number): Uint8Array {
  let position = start;
  return element(
    0x1c53bb6b,
    clusters.map((cluster, second) => {
      const place = element(0xb7, [element(0xf7, number(1)), element(0xf1, number(position))]);
      position += cluster.length;
      return element(0xbb, [element(0xb3, number(second * 1_000)), place]);
    }),
  );
}

/** An element of EBML (RFC 8794), with a length of eight bytes. */
function element(id: number, content: Uint8Array | readonly Uint8Array[]): Uint8Array {
  const bytes = content instanceof Uint8Array ? content : joinBytes(content);
  const idBytes = number(id);
  const length = number(bytes.length);
  length[0] = 0x01;
  return joinBytes([idBytes.subarray(idBytes.findIndex((byte) => byte !== 0)), length, bytes]);
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

function float(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
