// The official TypeScript client: lists the tools, calls three, and prints what it got.
// node call.mjs URL legacy|auto|2026-07-28
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const [url, mode] = process.argv.slice(2);
const named = mode === "legacy" || mode === "auto";
const versionNegotiation = { mode: named ? mode : { pin: mode } };
const client = new Client({ name: "wasmcp-test", version: "1" }, { versionNegotiation });
await client.connect(new StreamableHTTPClientTransport(new URL(url)));

console.log(`version: ${client.getNegotiatedProtocolVersion()}`);
const { tools } = await client.listTools();
console.log(`tools: ${tools.map((tool) => tool.name).join(" ")}`);
for (const [name, args] of [
  ["echo", { message: "grüß dich 🌍" }],
  ["add", { a: 2, b: 3 }],
  ["get_weather", { location: "Berlin" }],
]) {
  const result = await client.callTool({ name, arguments: args });
  console.log(`${name}: ${result.isError ? "failed: " : ""}${result.content[0].text}`);
}
await client.close();
