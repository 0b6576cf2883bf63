// Links: whether a web page answers. A provider of MCP tools.
import { send } from "wasmcp:mcp/http@0.1.0";

const schema = {
  type: "object",
  properties: { url: { type: "string", description: "An http: or https: URL" } },
  required: ["url"],
};

export const provider = {
  describe(_ctx) {
    return {
      implementation: { name: "links", version: "1.0.0", icons: [] },
      offers: { tools: true },
      extensions: [],
      experimental: [],
      catalogueRevision: "1",
      catalogueStatic: true,
    };
  },
};

export const tools = {
  listTools(_ctx, cursor) {
    // An absent value is null.
    if (cursor != null) throw { tag: "invalid-cursor" };
    const description = "Says whether a web page answers.";
    return { tools: [{ name: "check_link", description, inputSchema: JSON.stringify(schema), icons: [] }] };
  },

  callTool(_ctx, call) {
    if (call.name !== "check_link") throw { tag: "unknown-name", val: call.name };
    let text, isError = false;
    try {
      text = checkLink(JSON.parse(call.arguments));
    } catch (error) {
      // An uncaught exception would reach the client as "internal error".
      [text, isError] = [String(error), true];
    }
    return { events: [], outcome: { tag: "complete", val: { content: [{ tag: "text", val: { text } }], isError } } };
  },
};

function checkLink({ url }) {
  if (typeof url !== "string") throw new TypeError("`url` must be a string");
  const [answer] = send([{ method: "GET", url, headers: [], body: new Uint8Array() }]);
  if (answer.tag === "err") throw new Error(`${url} did not answer: ${answer.val.tag} ${answer.val.val ?? ""}`);
  return `${url} answers ${answer.val.status}, ${answer.val.body.length} bytes`;
}
