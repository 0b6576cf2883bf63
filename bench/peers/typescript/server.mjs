// A peer of `make bench-languages`: the official TypeScript SDK on Node's HTTP server, without a session and with JSON answers. Its tool is
// the `echo` of the examples.
import { createServer } from "node:http";

import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { McpServer, createMcpHandler, fromJsonSchema } from "@modelcontextprotocol/server";

const inputSchema = fromJsonSchema({
  type: "object",
  properties: { message: { type: "string" } },
  required: ["message"],
});

// The SDK asks for a new server at each request.
function weather() {
  const server = new McpServer({ name: "weather", title: "Weather", version: "1.0.0" });
  const about = { title: "Echo", description: "Says the message back.", inputSchema };
  server.registerTool("echo", about, ({ message }) => ({ content: [{ type: "text", text: message }] }));
  return server;
}

const handle = toNodeHandler(createMcpHandler(weather, { responseMode: "json" }));
const [isHostAllowed, isOriginAllowed] = [localhostHostValidation(), localhostOriginValidation()];
const [host, port] = process.argv[2].split(":");
createServer((request, response) => {
  if (isHostAllowed(request, response) && isOriginAllowed(request, response)) handle(request, response);
}).listen(Number(port), host);
