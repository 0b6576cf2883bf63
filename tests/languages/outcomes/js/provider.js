// Every outcome that a call may have, in JavaScript: legs, a question, bytes, settings and failures, as
// `tests/conversations/outcomes.toml` has them.
import { get } from "wasmcp:mcp/settings@0.1.0";

// It names the language: no two providers of a server may have the same URI.
const bytesUri = "outcomes://js/bytes";
const noArguments = { type: "object" };
const to = { type: "object", properties: { to: { type: "integer", minimum: 1 } }, required: ["to"] };
const key = { type: "object", properties: { key: { type: "string" } }, required: ["key"] };
const as = { type: "object", properties: { as: { type: "string" } }, required: ["as"] };
const kinds = ["own", "forbidden", "unavailable", "internal"];
const form = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };

export const provider = {
  describe(_ctx) {
    return {
      implementation: { name: "outcomes", version: "1.0.0", icons: [] },
      offers: { tools: true, resources: true, logging: true },
      extensions: [],
      experimental: [],
      catalogueRevision: "1",
      catalogueStatic: true,
    };
  },
};

export const tools = {
  listTools(_ctx, cursor) {
    onlyPage(cursor);
    const tools = [
      ["count", "Counts, each number in a leg.", to],
      ["ask", "Asks the user for a name.", noArguments],
      ["picture", "Shows bytes in every kind of content.", noArguments],
      ["setting", "Says what a setting is.", key],
      ["fail", "Fails as it is told to.", as],
      ["crash", "Fails as no tool should.", noArguments],
    ];
    const listed = ([name, description, schema]) => ({ name, description, inputSchema: JSON.stringify(schema), icons: [] });
    return { tools: tools.map(listed) };
  },

  callTool(_ctx, { name, arguments: json, resumed }) {
    const args = JSON.parse(json);
    switch (name) {
      case "count":
        return count(args.to, resumed);
      case "ask":
        return { events: [], outcome: { tag: "input-required", val: question() } };
      case "picture":
        return { events: [], outcome: complete(picture()) };
      case "setting":
        return { events: [], outcome: complete([textBlock(setting(args.key))]) };
      case "fail":
        throw failure(args.as);
      case "crash":
        throw new Error("as no tool should");
      default:
        throw { tag: "unknown-name", val: name };
    }
  },
};

export const resources = {
  listResources(_ctx, cursor) {
    onlyPage(cursor);
    return { resources: [{ uri: bytesUri, name: "bytes", mimeType: "application/octet-stream", size: 256, icons: [] }] };
  },

  listTemplates(_ctx, cursor) {
    onlyPage(cursor);
    return { templates: [] };
  },

  /** Every value of a byte. The first leg saves one half, to which the second leg adds the other. */
  readResource(_ctx, { uri, resumed }) {
    if (uri !== bytesUri) throw { tag: "resource-not-found", val: uri };
    const half = Uint8Array.from({ length: 128 }, (_, index) => index);
    if (resumed == null) {
      return { events: [progress(1, 2)], outcome: { tag: "more", val: { saved: half, afterMs: 0 } } };
    }
    const every = Uint8Array.from([...resumed.saved, ...half.map((byte) => byte + 128)]);
    return { events: [progress(2, 2)], outcome: { tag: "complete", val: { contents: [contents(every)] } } };
  },
};

/** Each list has one page, so that no cursor was ever given out. An absent value is `null` here. */
function onlyPage(cursor) {
  if (cursor != null) throw { tag: "invalid-cursor" };
}

/** One leg of as many as the number that it counts to. The engine has no `TextEncoder`, and the state has ASCII alone. */
function count(to, resumed) {
  const leg = resumed == null ? 1 : JSON.parse(String.fromCharCode(...resumed.saved)).legs + 1;
  const log = { tag: "log", val: { level: "info", logger: "outcomes", data: JSON.stringify({ leg }) } };
  const saved = Uint8Array.from(JSON.stringify({ legs: leg }), (char) => char.charCodeAt(0));
  const more = { tag: "more", val: { saved, afterMs: 1 } };
  const outcome = leg < to ? more : complete([textBlock(`counted to ${to} in ${leg} legs`)]);
  return { events: [progress(leg, to), log], outcome };
}

function progress(leg, of) {
  return { tag: "progress", val: { progress: leg, total: of, message: `leg ${leg} of ${of}` } };
}

function question() {
  const request = { tag: "elicit-form", val: { message: "Who?", requestedSchema: JSON.stringify(form) } };
  return { questions: [{ key: "who", request }], saved: Uint8Array.of(0, 255) };
}

function picture() {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0xff);
  return [
    { tag: "image", val: { data: png, mimeType: "image/png" } },
    { tag: "audio", val: { data: Uint8Array.of(0x00, 0xff, 0xfe, 0x80), mimeType: "audio/wav" } },
    { tag: "embedded-resource", val: { contents: contents(Uint8Array.of(0xff, 0x00)) } },
    { tag: "embedded-resource", val: { contents: contents(new Uint8Array()) } },
  ];
}

function contents(bytes) {
  return { uri: bytesUri, mimeType: "application/octet-stream", body: { tag: "blob", val: bytes } };
}

function setting(key) {
  const value = get(key);
  return value == null ? `\`${key}\` is not set` : `\`${key}\` is \`${value}\``;
}

function failure(kind) {
  const known = new Map([
    ["own", { tag: "other", val: { code: 42, message: "its own", data: '{"why":1}' } }],
    ["forbidden", { tag: "forbidden", val: "not today" }],
    ["unavailable", { tag: "unavailable", val: 1500 }],
    ["internal", { tag: "internal", val: "it broke" }],
  ]);
  return known.get(kind) ?? { tag: "invalid-params", val: { message: "not so", data: JSON.stringify(kinds) } };
}

function textBlock(text) {
  return { tag: "text", val: { text } };
}

function complete(content) {
  return { tag: "complete", val: { content, isError: false } };
}
