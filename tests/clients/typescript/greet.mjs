// The official TypeScript client, connected once: calls `greet` with each line of standard input, and prints what it got as one line.
// node greet.mjs URL
import { createInterface } from "node:readline";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const client = new Client({ name: "wasmcp-test", version: "1" }, { versionNegotiation: { mode: "auto" } });
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2])));
for await (const name of createInterface({ input: process.stdin })) {
  const { tools } = await client.listTools();
  const result = await client.callTool({ name: "greet", arguments: { name } });
  console.log(`${tools.map((tool) => tool.description).join(" ")} ${result.isError ? "failed: " : ""}${result.content[0].text}`);
}
await client.close();
