// `Math.random` and `crypto` by the host: the engine's generator is in the component, and gives the same numbers at each call. The component's world has
// `import wasi:random/random@0.2.12;`.
import { getRandomBytes } from "wasi:random/random@0.2.12";

Math.random = () => {
  const [high = 0, low = 0] = new Uint32Array(getRandomBytes(8).slice().buffer);
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
};

const crypto = {
  getRandomValues<T extends ArrayBufferView>(array: T): T {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(getRandomBytes(array.byteLength));
    return array;
  },
  randomUUID(): string {
    const bytes = getRandomBytes(16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    return Array.from(bytes, (byte, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
  },
};
Object.assign(globalThis, { crypto });
