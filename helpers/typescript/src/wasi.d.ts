// What is used of WASI, as the engine has it: a length is a number, and traps as the `bigint` that its type in WIT would be.

declare module "wasi:random/random@0.2.12" {
  export function getRandomBytes(length: number): Uint8Array;
}

declare module "wasi:cli/stderr@0.2.12" {
  export function getStderr(): { blockingWriteAndFlush(bytes: Uint8Array): void };
}
