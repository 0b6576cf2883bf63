// A provider of MCP tools: a server calls these functions, and speaks MCP to the clients.

export const provider = {
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

export const tools = {
  listTools(_ctx, cursor) {
    // The list has one page, so that no cursor was ever given out.
    if (cursor != null) throw { tag: "invalid-cursor" };
    return { tools: [{ name: "greet", description: "Greets a person.", inputSchema: JSON.stringify(schema), icons: [] }] };
  },

  callTool(_ctx, call) {
    if (call.name !== "greet") throw { tag: "unknown-name", val: call.name };
    let text, isError = false;
    try {
      text = greet(JSON.parse(call.arguments));
    } catch (error) {
      // The model reads this text. An exception that left this function would reach the client as "internal error".
      [text, isError] = [`${error}`, true];
    }
    return { events: [], outcome: { tag: "complete", val: { content: [{ tag: "text", val: { text } }], isError } } };
  },
};

function greet({ name }) {
  // The server has not checked the arguments against the schema.
  if (typeof name !== "string") throw new TypeError("`name` must be a string");
  return `Hello, ${name}!`;
}
