// What leaves the component. A value of a wrong type would end the call when the tool has returned, where nothing catches it: so it is checked here.
import type { ContentBlock, McpError as ContractError, PromptMessage, ResourceBody, ToolOutput } from "wasmcp:mcp/model@0.1.0";

/** A piece of content, which `text`, `image`, `audio` or `link` makes. */
export class Content {
  constructor(readonly block: ContentBlock) {}
}

/** An error for the client's program, such as `new McpError("forbidden", "not you")`. Of an `Error` of any other kind the model reads the message. */
export class McpError<T extends ContractError["tag"] = ContractError["tag"]> extends Error {
  readonly error: ContractError;
  constructor(tag: T, ...[val]: Extract<ContractError, { tag: T }> extends { val: infer V } ? [val: V] : []) {
    super(`${tag}: ${val}`);
    const isText = ["unknown-name", "resource-not-found", "forbidden", "internal"].includes(tag);
    this.error = { tag, val: isText ? string(val, "the text of an error") : val } as ContractError;
  }
}

/** Content that is a text. */
export function text(value: unknown): Content {
  return new Content({ tag: "text", val: { text: String(value).toWellFormed() } });
}

/** Content that is an image. */
export function image(data: Uint8Array, mimeType: string): Content {
  return new Content({ tag: "image", val: media(data, mimeType) });
}

/** Content that is a sound. */
export function audio(data: Uint8Array, mimeType: string): Content {
  return new Content({ tag: "audio", val: media(data, mimeType) });
}

/** A link to a resource. */
export function link(uri: string, name: string): Content {
  return new Content({ tag: "resource-link", val: { uri: string(uri, "`uri`"), name: string(name, "`name`"), icons: [] } });
}

/** The answer of a tool: a string is a text, `Content` or an array of it is content, and any other JSON is structured content. */
export function output(result: unknown): ToolOutput {
  const content = (Array.isArray(result) && result.length > 0 ? result : [result]) as unknown[];
  if (content.every((one) => one instanceof Content)) return { content: content.map(({ block }) => block), isError: false };
  if (typeof result === "string") return { content: [text(result).block], isError: false };
  const structuredContent = json(result, "the result");
  return { content: [text(structuredContent).block], structuredContent, isError: false };
}

/** The messages of a prompt: a string or `Content` is one of the user. */
export function messages(result: unknown): PromptMessage[] {
  return [result].flat().map((one) => {
    if (typeof one !== "string" && !(one instanceof Content)) throw new TypeError(`a prompt is of strings and content, not ${named(one)}`);
    return { role: "user", content: (one instanceof Content ? one : text(one)).block };
  });
}

/** The body of a resource: a string, bytes, or any other JSON. */
export function body(result: unknown): ResourceBody {
  if (result instanceof Uint8Array) return { tag: "blob", val: result };
  return { tag: "text", val: typeof result === "string" ? result.toWellFormed() : json(result, "the resource") };
}

/** A text of JSON. What JSON cannot say is an error, where `JSON.stringify` would leave it out. */
export function json(value: unknown, what: string): string {
  if (value instanceof Promise) throw new TypeError(`${what} is a promise: functions of a component are not \`async\``);
  const text = JSON.stringify(value, (_, member) => {
    if (typeof member === "number" && !Number.isFinite(member)) throw new TypeError(`${what} has a number that is not finite`);
    // Half of a surrogate pair is no text of JSON.
    return typeof member === "string" ? member.toWellFormed() : member;
  });
  if (text === undefined) throw new TypeError(`${what} is ${named(value)}, which is no JSON`);
  return text;
}

/** The string that a value is, in whole characters. `what` names it in the error that any other value gets. */
export function string(value: unknown, what: string): string {
  if (typeof value !== "string") throw new TypeError(`${what} must be a string, not ${named(value)}`);
  return value.toWellFormed();
}

function media(data: unknown, mimeType: unknown) {
  if (!(data instanceof Uint8Array)) throw new TypeError(`the data must be a Uint8Array, not ${named(data)}`);
  return { data, mimeType: string(mimeType, "the type of the data") };
}

function named(value: unknown): string {
  return value == null ? String(value) : value instanceof Promise ? "a promise" : `of the type ${typeof value}`;
}
