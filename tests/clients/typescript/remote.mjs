// `mcp-remote` between a client that knows no OAuth and a protected server, over its standard input and output: `add`, then `multiply`, for which the token
// of the first login has too few scopes.
// node remote.mjs URL legacy|auto dynamic|documents|registered
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const [url, mode, registration] = process.argv.slice(2);
/** How long a login may take on a slow machine, in milliseconds. */
const WAIT = 300_000;
const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "wasmcp-mcp-remote-"));
const flags = {
  dynamic: [],
  documents: ["--client-metadata-url", "https://client.example.com/oauth/client.json"],
  registered: ["--static-oauth-client-info", '{"client_id":"desktop"}'],
}[registration];
const transport = new StdioClientTransport({
  command: "node",
  args: [file("node_modules/mcp-remote/dist/proxy.js"), url, "--host", "127.0.0.1", "--protocol", mode, "--callback-path", "/callback", "--auth-timeout", "300", ...flags],
  // What opens a page where there is no desktop: the browser that this names.
  env: { ...process.env, BROWSER: file("../oidc/browser.mjs"), MCP_REMOTE_CONFIG_DIR: folder, DISPLAY: "" },
});
try {
  const client = new Client({ name: "wasmcp-test", version: "1" }, { versionNegotiation: { mode: "legacy" } });
  await client.connect(transport, { timeout: WAIT });
  console.log(`version: ${client.getNegotiatedProtocolVersion()}`);
  for (const [name, args] of [["add", { a: 2, b: 3 }], ["multiply", { a: 2, b: 3 }]]) {
    const result = await client.callTool({ name, arguments: args }, { timeout: WAIT });
    console.log(`${name}: ${result.isError ? "failed: " : ""}${result.content[0].text}`);
  }
  await client.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
