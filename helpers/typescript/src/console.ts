// `console`, whose lines the server logs. QuickJS has none. The component's world has `import wasi:cli/stderr@0.2.12;`.
import { getStderr } from "wasi:cli/stderr@0.2.12";
import { remainingMs } from "./call.js";
import { encode } from "./polyfills.js";

/** What a stream takes at once. */
const pieceBytes = 4096;

function print(...values: unknown[]) {
  // While the module loads, when the component is built, there is no host.
  if (remainingMs() === undefined) return;
  const bytes = encode(`${values.map(say).join(" ")}\n`);
  const stream = getStderr();
  for (let at = 0; at < bytes.length; at += pieceBytes) stream.blockingWriteAndFlush(bytes.subarray(at, at + pieceBytes));
}

function say(value: unknown): string {
  if (value instanceof Error) return `${value}\n${value.stack ?? ""}`.trimEnd();
  try {
    return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    // It has itself inside, or a number that JSON has not.
    return String(value);
  }
}

const console = { debug: print, log: print, info: print, warn: print, error: print, trace: print };
if (!("console" in globalThis)) Object.assign(globalThis, { console });
