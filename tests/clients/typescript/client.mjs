// The official TypeScript client: lists the tools and calls three, or lists, reads, gets and completes everything else, and prints what it got.
// node client.mjs URL legacy|auto|2026-07-28 tools|reads
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const [url, mode, what] = process.argv.slice(2);
const named = mode === "legacy" || mode === "auto";
const versionNegotiation = { mode: named ? mode : { pin: mode } };
const client = new Client({ name: "wasmcp-test", version: "1" }, { versionNegotiation });
await client.connect(new StreamableHTTPClientTransport(new URL(url)));

// The items of all pages. A client that follows the cursors by itself gives no next one.
async function all(list, items) {
  const found = [];
  let cursor;
  do {
    const page = await list(cursor === undefined ? undefined : { cursor });
    found.push(...page[items]);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

async function callTools() {
  const tools = await all((params) => client.listTools(params), "tools");
  console.log(`tools: ${tools.map((tool) => tool.name).join(" ")}`);
  for (const [name, args] of [
    ["echo", { message: "grüß dich 🌍" }],
    ["add", { a: 2, b: 3 }],
    ["get_weather", { location: "Berlin" }],
  ]) {
    const result = await client.callTool({ name, arguments: args });
    console.log(`${name}: ${result.isError ? "failed: " : ""}${result.content[0].text}`);
  }
}

async function readEverything() {
  const resources = await all((params) => client.listResources(params), "resources");
  console.log(`resources: ${resources.map((resource) => resource.uri).join(" ")}`);
  const templates = await all((params) => client.listResourceTemplates(params), "resourceTemplates");
  console.log(`templates: ${templates.map((template) => template.uriTemplate).join(" ")}`);
  const prompts = await all((params) => client.listPrompts(params), "prompts");
  console.log(`prompts: ${prompts.map((prompt) => prompt.name).join(" ")}`);

  const read = async (uri) => (await client.readResource({ uri })).contents[0];
  console.log(`text: ${(await read("test:///text")).text}`);
  console.log(`bytes: ${(await read("test:///binary")).blob}`);
  console.log(`of a template: ${(await read("test:///greetings/Ada")).text}`);
  const missing = await read("test:///nothing").catch((error) => error);
  console.log(`missing: ${missing.code}`);

  const prompt = await client.getPrompt({ name: "greet", arguments: { name: "Ada", style: "formal" } });
  console.log(`prompt: ${prompt.messages[0].content.text}`);
  const complete = async (params) => (await client.complete(params)).completion.values.join(", ");
  const ofPrompt = {
    ref: { type: "ref/prompt", name: "greet" },
    argument: { name: "name", value: "Dr. A" },
    context: { arguments: { style: "formal" } },
  };
  console.log(`completion of a prompt: ${await complete(ofPrompt)}`);
  const ofTemplate = {
    ref: { type: "ref/resource", uri: "test:///greetings/{name}" },
    argument: { name: "name", value: "G" },
  };
  console.log(`completion of a template: ${await complete(ofTemplate)}`);
}

console.log(`version: ${client.getNegotiatedProtocolVersion()}`);
await { tools: callTools, reads: readEverything }[what]();
await client.close();
