import type { Adapter } from "./adapter.ts";

/** Connects over TLS by Deno's own means. */
export const connectTls: Adapter["connectTls"] = async (address, cert) => {
  const conn = await Deno.connectTls({ ...address, caCerts: [cert] });
  return {
    async end(text) {
      const bytes = new TextEncoder().encode(text);
      for (let start = 0; start < bytes.length;) start += await conn.write(bytes.subarray(start));
      await conn.closeWrite();
    },
    async readAll() {
      const buffer = new Uint8Array(65_536);
      const decoder = new TextDecoder("latin1");
      let text = "";
      for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
        text += decoder.decode(buffer.subarray(0, count));
      }
      return text;
    },
    close: () => conn.close(),
  };
};
