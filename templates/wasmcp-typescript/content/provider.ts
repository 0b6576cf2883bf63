// A provider of MCP tools: a server calls these functions, and speaks MCP to the clients.
// The types are those of `wit/`, made by `types.mjs`.
import type { McpError } from "wasmcp:mcp/model@0.1.0";

export const provider: typeof import("wasmcp:mcp/provider@0.1.0") = {
  describe(_ctx) {
    return {
      implementation: { name: "{{project-name | kebab_case}}", version: "1.0.0", icons: [] },
      // The list of tools is the same for every caller: a server asks for it once, when it starts.
      offers: { tools: true }, catalogueStatic: true, catalogueRevision: "1", extensions: [], experimental: [],
    };
  },
};

const schema = {
  type: "object",
  properties: { name: { type: "string", description: "Whom to greet" } },
  required: ["name"],
};

export const tools: typeof import("wasmcp:mcp/tools@0.1.0") = {
  listTools(_ctx, cursor) {
    // The list has one page, so that no cursor was ever given out. What is absent is `null`, whatever its type says.
    if (cursor != null) throw { tag: "invalid-cursor" } satisfies McpError;
    return { tools: [{ name: "greet", description: "Greets a person.", inputSchema: JSON.stringify(schema), icons: [] }] };
  },

  callTool(_ctx, call) {
    if (call.name !== "greet") throw { tag: "unknown-name", val: call.name } satisfies McpError;
    let text: string, isError = false;
    try {
      text = greet(JSON.parse(call.arguments));
    } catch (error) {
      // The model reads this text. An exception that left this function would reach the client as "internal error".
      [text, isError] = [`${error}`, true];
    }
    return { events: [], outcome: { tag: "complete", val: { content: [{ tag: "text", val: { text } }], isError } } };
  },
};

function greet({ name }: { name?: unknown }): string {
  // The server has not checked the arguments against the schema.
  if (typeof name !== "string") throw new TypeError("`name` must be a string");
  return `Hello, ${name}!`;
}
