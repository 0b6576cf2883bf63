// A tools provider against the types that `jco guest-types` makes of the contract. It is compiled, never run.
import type { Context, McpError, ProviderInfo, ToolCall, ToolLeg, ToolPage } from "wasmcp:mcp/model@0.1.0";
import type { describe } from "wasmcp:mcp/provider@0.1.0";
import type { callTool, listTools } from "wasmcp:mcp/tools@0.1.0";

export const provider: { describe: typeof describe } = {
  describe(_ctx: Context): ProviderInfo {
    return {
      implementation: { name: "clock", version: "1.0.0", icons: [] },
      offers: { tools: true },
      extensions: [],
      experimental: [],
      catalogueRevision: "1",
      catalogueStatic: true,
    };
  },
};

export const tools: { listTools: typeof listTools; callTool: typeof callTool } = {
  listTools(_ctx: Context, cursor: string | undefined): ToolPage {
    if (cursor !== undefined) {
      throw { tag: "invalid-cursor" } satisfies McpError;
    }
    return { tools: [{ name: "now", inputSchema: '{"type":"object"}', icons: [] }] };
  },

  callTool(ctx: Context, call: ToolCall): ToolLeg {
    if (call.resumed === undefined && ctx.progressWanted) {
      return {
        events: [{ tag: "progress", val: { progress: 1, total: 2 } }],
        outcome: { tag: "more", val: { saved: new Uint8Array([1]), afterMs: 0 } },
      };
    }
    const content = [{ tag: "text" as const, val: { text: "noon" } }];
    return { events: [], outcome: { tag: "complete", val: { content, isError: false } } };
  },
};
