// The registry: what a provider has, and the contract's interfaces, which a component exports.
/// <reference path="../types/server.d.ts" preserve="true" />
import type { McpError as ContractError, Prompt, ProviderInfo, ResourceTemplate, Tool, ToolAnnotations, ToolOutput } from "wasmcp:mcp/model@0.1.0";
import { Call, explain } from "./call.js";
import { body, json, McpError, messages, output, string, text } from "./content.js";
import { check, jsonSchema, type JsonSchema, type Schema, type StandardSchema, ToolError } from "./schema.js";

export { type Call, type Elicited, type Json } from "./call.js";
export { audio, type Content, image, link, McpError, text } from "./content.js";
export { convertSchemas, type JsonSchema, type StandardSchema, ToolError } from "./schema.js";

type About = { name: string; version: string } & Partial<ProviderInfo> & { logging?: boolean };
/** What a tool may have besides, as the contract has it, and the schema of its structured content. */
export type ToolOptions = Partial<Omit<Tool, "name" | "inputSchema" | "outputSchema">> & { annotations?: ToolAnnotations; output?: Schema<any> };
type Function = (args: any, call: Call) => unknown;

let about: About = { name: "provider", version: "1.0.0" };
const listed = {
  tools: new Map<string, { tool: Tool; call: (args: unknown, call: Call) => ToolOutput }>(),
  resources: [] as { item: ResourceTemplate; read: (uri: string, call: Call) => unknown }[],
  prompts: new Map<string, { prompt: Prompt; get: Function }>(),
};

/** Names the provider. The version names the revision of its lists too, which are the same for every caller. */
export function server(name: string, version = "1.0.0", more: Partial<ProviderInfo> & { logging?: boolean } = {}) {
  about = { ...more, name: string(name, "the name"), version: string(version, "the version") };
}

/** Adds a tool. Its arguments are checked by the schema. It returns a string, content, or JSON, which is structured content. */
export function tool<T>(name: string, description: string, schema: StandardSchema<T>, run: (args: T, call: Call) => unknown, more?: ToolOptions): void;
export function tool<T = any>(name: string, description: string, schema: JsonSchema, run: (args: T, call: Call) => unknown, more?: ToolOptions): void;
export function tool(name: string, description: string, schema: Schema<any>, run: Function, { output: result, ...more }: ToolOptions = {}) {
  const [input, of] = [jsonSchema(schema), result && jsonSchema(result, false)];
  const outputSchema = of && { outputSchema: json(of, "the output schema") };
  const inputSchema = json(input, "the schema");
  listed.tools.set(name, {
    tool: { icons: [], ...more, name: string(name, "the name"), description: string(description, "the description"), inputSchema, ...outputSchema },
    call(args, call) {
      const returned = run(check(schema, input, args), call);
      const answer = output(returned);
      if (result && of && answer.structuredContent !== undefined) {
        try {
          check(result, of, returned);
        } catch (error) {
          throw new ToolError(`the result does not fit its schema: ${(error as Error).message}`);
        }
      }
      return answer;
    },
  });
}

/** Adds a resource, which is a string, bytes, or any other JSON. */
export function resource(uri: string, name: string, mimeType: string, read: (call: Call) => unknown) {
  template(uri, name, mimeType, (_, call) => read(call) ?? null);
}

/** Adds the resources of a URI template. The function gets each URI that begins as the template does, up to its first `{`; undefined means that there is no such resource. */
export function template(uriTemplate: string, name: string, mimeType: string, read: (uri: string, call: Call) => unknown) {
  const item = { uriTemplate: string(uriTemplate, "the URI"), name: string(name, "the name"), mimeType: string(mimeType, "the type"), icons: [] };
  listed.resources.push({ item, read });
}

/** Adds a prompt, whose arguments are strings. It returns a string or content, or an array of them. */
export function prompt<T>(name: string, description: string, schema: StandardSchema<T>, get: (args: T, call: Call) => unknown): void;
export function prompt<T = any>(name: string, description: string, schema: JsonSchema, get: (args: T, call: Call) => unknown): void;
export function prompt(name: string, description: string, schema: Schema<any>, get: Function) {
  const of = jsonSchema(schema);
  const args = Object.entries(of.properties ?? {}).map(([name, { description }]) => {
    return { name, ...(typeof description === "string" && { description }), required: of.required?.includes(name) ?? false };
  });
  const checked = (args: unknown) => {
    try {
      return check(schema, of, args);
    } catch (error) {
      throw new McpError("invalid-params", { message: explain(error as Error) });
    }
  };
  const item = { name: string(name, "the name"), description: string(description, "the description"), arguments: args, icons: [] };
  listed.prompts.set(name, { prompt: item, get: (args, call) => get(checked(args), call) });
}

/** The contract's interface `provider`: what the provider says of itself. */
export const provider: typeof import("wasmcp:mcp/provider@0.1.0") = {
  describe() {
    const { name, version, logging = false, ...more } = about;
    const { tools, resources, prompts } = listed;
    const offers = { tools: tools.size > 0, resources: resources.length > 0, prompts: prompts.size > 0, logging };
    const implementation = { name, version, icons: [] };
    return { catalogueRevision: version, catalogueStatic: true, extensions: [], experimental: [], implementation, offers, ...more };
  },
};

/** The contract's interface `tools`, of what `tool` has added. */
export const tools: typeof import("wasmcp:mcp/tools@0.1.0") = {
  listTools(_, cursor) {
    onlyPage(cursor);
    return { tools: Array.from(listed.tools.values(), ({ tool }) => tool), ...cache() };
  },
  callTool(context, { name, arguments: args, resumed }) {
    const found = listed.tools.get(name);
    if (!found) throw { tag: "unknown-name", val: name } satisfies ContractError;
    const call = new Call(context, resumed);
    return call.run(() => found.call(JSON.parse(args), call), (error) => ({ content: [text(explain(error)).block], isError: true }));
  },
};

/** The contract's interface `resources`, of what `resource` and `template` have added. */
export const resources: typeof import("wasmcp:mcp/resources@0.1.0") = {
  listResources(_, cursor) {
    onlyPage(cursor);
    const own = listed.resources.filter(({ item }) => !item.uriTemplate.includes("{"));
    return { resources: own.map(({ item: { uriTemplate: uri, ...item } }) => ({ uri, ...item })), ...cache() };
  },
  listTemplates(_, cursor) {
    onlyPage(cursor);
    return { templates: listed.resources.map(({ item }) => item).filter(({ uriTemplate }) => uriTemplate.includes("{")), ...cache() };
  },
  readResource(context, { uri, resumed }) {
    const call = new Call(context, resumed);
    return call.run(() => {
      for (const { item: { uriTemplate, mimeType }, read } of listed.resources) {
        const [literal = "", ...variable] = uriTemplate.split("{");
        if (variable.length ? !uri.startsWith(literal) : uri !== literal) continue;
        const result = read(uri, call);
        if (result !== undefined) return { contents: [{ uri, ...(mimeType && { mimeType }), body: body(result) }], ...cache() };
      }
      throw new McpError("resource-not-found", uri);
    }, fail);
  },
};

/** The contract's interface `prompts`, of what `prompt` has added. */
export const prompts: typeof import("wasmcp:mcp/prompts@0.1.0") = {
  listPrompts(_, cursor) {
    onlyPage(cursor);
    return { prompts: Array.from(listed.prompts.values(), ({ prompt }) => prompt), ...cache() };
  },
  getPrompt(context, { name, arguments: args, resumed }) {
    const found = listed.prompts.get(name);
    if (!found) throw { tag: "unknown-name", val: name } satisfies ContractError;
    const call = new Call(context, resumed);
    return call.run(() => ({ messages: messages(found.get(Object.fromEntries(args), call)) }), fail);
  },
};

/** Each list has one page, so that no cursor was ever given out. What is absent is `null`, whatever its type says. */
function onlyPage(cursor: string | undefined) {
  if (cursor != null) throw { tag: "invalid-cursor" } satisfies ContractError;
}

function cache() {
  return about.cache && { cache: about.cache };
}

/** No model reads what fails in a resource or a prompt. */
function fail(error: Error): never {
  throw { tag: "internal", val: explain(error) } satisfies ContractError;
}
