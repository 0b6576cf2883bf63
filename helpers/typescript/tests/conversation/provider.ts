// A provider that uses all of the helper.
import { image, McpError, prompt, resource, server, template, tool } from "wasmcp-provider";
import { fetch } from "wasmcp-provider/http";
import { setting } from "wasmcp-provider/settings";
import "wasmcp-provider/console";
import "wasmcp-provider/live";
import "wasmcp-provider/polyfills";
import "wasmcp-provider/random";
import * as z from "zod";
export { prompts, provider, resources, tools } from "wasmcp-provider";

declare const crypto: { randomUUID(): string };
declare const console: { error(...values: unknown[]): void };
console.error("no host hears what is printed while the module loads");
const numbers = z.object({ a: z.number(), b: z.number().describe("The second number") });
const nothing = { properties: {} };
const person = z.object({ name: z.string().describe("Whom to greet") });

server("helped", "1.0.0");

tool("add", "Adds two numbers.", numbers, ({ a, b }) => `${a + b}`);
tool("sum", "Adds two numbers.", numbers, ({ a, b }) => ({ sum: a + b }), {
  annotations: { readOnlyHint: true },
  output: z.object({ sum: z.number() }),
});
tool("pixel", "A picture.", nothing, () => image(new Uint8Array([0, 255]), "image/png"));
tool("fetch", "Gets a page.", z.object({ url: z.string() }), ({ url }, call) => {
  call.progress(1, undefined, "asked");
  const response = fetch(url);
  return `${response.status} ${response.text()}`;
});
tool("unit", "Says the unit.", nothing, () => setting("unit", ""));
tool("count", "Counts in steps.", z.object({ to: z.number() }), ({ to }, call) => {
  const done = Number(call.state ?? 0);
  if (done === to) return `counted to ${done}`;
  call.progress(done + 1, to, "one more");
  return call.more(done + 1);
});
tool("book", "Books a table.", nothing, (_, call) => {
  const who = call.ask("who", "For whom?", person);
  return who.action === "accept" ? `booked for ${who.content.name}` : "not booked";
});
tool("secret", "Is forbidden.", nothing, () => {
  throw new McpError("forbidden", "not you");
});
tool("random", "A number.", nothing, () => `${Math.random()}`);
tool("uuid", "An identifier.", nothing, () => crypto.randomUUID());
tool("print", "Prints.", nothing, () => {
  console.error("printed:", { grüße: "🎉".repeat(2000) }, undefined);
  return "done";
});
// What a provider without the helper's checks traps by.
tool("async", "Is not to be.", nothing, async () => "late");
tool("nothing", "Returns nothing.", nothing, () => undefined);
tool("half", "Half of a pair.", nothing, () => "\ud800");

resource("helped://motto", "motto", "text/plain", () => "Errors are values.");
template("helped://double/{n}", "double", "text/plain", (uri) => {
  const n = Number(uri.slice("helped://double/".length));
  return Number.isInteger(n) ? `${2 * n}` : undefined;
});
prompt("greet", "Greets a person.", person, ({ name }) => `Greet ${name}.`);
