// The ten lines, in plain JavaScript.
import { server, tool } from "wasmcp-provider";
export { provider, tools } from "wasmcp-provider";

server("greeter");

const person = { properties: { name: { type: "string", description: "Whom to greet" } }, required: ["name"] };
tool("greet", "Greets a person.", person, ({ name }) => `Hello, ${name}!`);
