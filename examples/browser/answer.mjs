// Answers messages of MCP with a provider, in Node as in a browser. It has two methods, `tools/list` and `tools/call`, and so is no MCP server.
import { instantiate } from './built/provider.js';

const modules = new Map();

// Compiles a module of the component once.
async function coreModule(name) {
  if (!modules.has(name)) modules.set(name, await compile(new URL(`built/${name}`, import.meta.url)));
  return modules.get(name);
}

async function compile(url) {
  // `fetch` of Node reads no files.
  if (url.protocol !== 'file:') return WebAssembly.compileStreaming(fetch(url));
  const { readFile } = await import('node:fs/promises');
  return WebAssembly.compile(await readFile(url));
}

// What the contract passes with every call: the record `context` of wit/model.wit.
const context = () => ({
  callId: crypto.randomUUID(),
  attempt: 1,
  protocolVersion: '2025-11-25',
  capabilities: { features: {}, extensions: [], experimental: [] },
  progressWanted: false,
  remainingMs: 60_000,
});

const methods = {
  async 'tools/list'(provider, { cursor }) {
    const page = await provider.tools.listTools(context(), cursor);
    return { tools: page.tools.map(tool), nextCursor: page.nextCursor };
  },
  async 'tools/call'(provider, { name, arguments: given = {} }) {
    if (given === null || typeof given !== 'object' || Array.isArray(given)) throw { tag: 'invalid-params' };
    const leg = await provider.tools.callTool(context(), { name: `${name}`, arguments: JSON.stringify(given) });
    if (leg.outcome.tag !== 'complete') throw new Error(`this page cannot go on after \`${leg.outcome.tag}\``);
    const { content, structuredContent, isError } = leg.outcome.val;
    return { content: content.map(block), structuredContent: json(structuredContent), isError: isError || undefined };
  },
};

// The record as MCP has it: the contract has JSON as text.
const tool = ({ taskSupport, extra, inputSchema, outputSchema, ...listed }) =>
  ({ ...listed, inputSchema: json(inputSchema), outputSchema: json(outputSchema) });
const json = (text) => text && JSON.parse(text);

function block({ tag, val }) {
  if (tag !== 'text') throw new Error(`this page shows no content of the kind \`${tag}\``);
  return { type: 'text', text: val.text };
}

// Answers a request, a JSON text, with a response.
export async function answer(text) {
  let id;
  const error = (code, message) => ({ jsonrpc: '2.0', id, error: { code, message } });
  let request;
  try {
    request = JSON.parse(text);
  } catch ({ message }) {
    return error(-32700, `the message is not JSON: ${message}`);
  }
  id = request?.id;
  if (!Object.hasOwn(methods, request?.method)) return error(-32601, `there is no method \`${request?.method}\``);
  try {
    // A new instance for each call: nothing is left of an earlier one.
    const provider = await instantiate(coreModule, {});
    return { jsonrpc: '2.0', id, result: await methods[request.method](provider, request.params ?? {}) };
  } catch (thrown) {
    // What a provider answers instead of a result is thrown as it is: the variant `mcp-error`. A trap throws an `Error`.
    switch (thrown.tag) {
      case undefined: return error(-32603, `${thrown}`);
      case 'unknown-name': return error(-32602, `unknown tool: \`${thrown.val}\``);
      case 'invalid-cursor':
      case 'invalid-params': return error(-32602, 'the parameters cannot be used');
      default: return error(-32603, `the provider answers \`${thrown.tag}\``);
    }
  }
}
