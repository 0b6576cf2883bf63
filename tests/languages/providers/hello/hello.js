export const provider = {
  describe: () => ({
    implementation: { name: "hello", version: "1.0.0", icons: [] },
    offers: { tools: true }, extensions: [], experimental: [], catalogueRevision: "1", catalogueStatic: true,
  }),
};
const inputSchema = '{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}';
const answer = (text, isError) =>
  ({ events: [], outcome: { tag: "complete", val: { content: [{ tag: "text", val: { text } }], isError } } });

export const tools = {
  listTools: () => ({ tools: [{ name: "greet", description: "Greets a person", inputSchema, icons: [] }] }),
  callTool(_context, { name: tool, arguments: json }) {
    if (tool !== "greet") throw { tag: "unknown-name", val: tool };
    const { name } = JSON.parse(json);
    return typeof name === "string" ? answer(`Hello, ${name}!`, false) : answer("`name` must be a string", true);
  },
};
