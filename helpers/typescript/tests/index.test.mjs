// The package on Node: what it lists, how it answers, what goes from one leg to the next, and its polyfills beside Node's own.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import * as mini from "zod/mini";
import {
  convertSchemas, image, link, McpError, prompt, prompts, provider, resource, resources, server, template, text, tool, tools,
} from "../dist/index.js";
import { emitBy, remainingMs } from "../dist/call.js";
import * as polyfills from "../dist/polyfills.js";

server("helped", "1.2.3", { instructions: "Add.", logging: true });

const context = { callId: "1", progressWanted: true, remainingMs: 1000, logLevel: "warning" };
const numbers = z.object({ a: z.number(), b: z.int().min(0).describe("The second number"), c: z.optional(z.string()) });
const plain = {
  properties: { a: { type: "number" }, b: { type: ["integer", "null"] }, unit: { enum: ["C", "F"] } },
  required: ["a"],
};
convertSchemas(mini.toJSONSchema);

let returned;
tool("add", "Adds.", numbers, ({ a, b }) => `${a + b}`);
tool("mini", "Adds.", mini.object({ a: mini.number() }), ({ a }) => `${a}`);
tool("plain", "Adds.", plain, (args) => args, { title: "Plain", annotations: { readOnlyHint: true } });
tool("returns", "Returns.", {}, () => returned, { output: z.union([z.object({ sum: z.number() }), z.number(), z.array(z.number())]) });
tool("throws", "Throws.", {}, () => { throw returned; });
tool("left", "Says what is left.", {}, () => remainingMs());
tool("count", "Counts.", {}, (_, call) => {
  const done = call.state ?? 0;
  call.progress(done, 2);
  call.progress(NaN);
  call.log("debug", "unwanted");
  call.log("error", { done });
  return done < 2 ? call.more(done + 1, 10.5) : "counted";
});
tool("book", "Books.", {}, (_, call) => {
  try {
    const who = call.ask("who", "For whom?", z.object({ name: z.string() }));
    if (who.action !== "accept") return "not booked";
    const seats = call.ask("seats", "How many?", { properties: { seats: { type: "integer" } }, required: ["seats"] });
    return seats.action === "accept" ? `${seats.content.seats} for ${who.content.name}` : "no seats";
  } catch (error) {
    // A question stands, whatever catches what ends the function.
    return `failed: ${error.message}`;
  }
});
resource("a://b", "b", "text/plain", () => "text");
resource("a://bytes", "bytes", "application/octet-stream", () => new Uint8Array([1]));
template("a://n/{n}", "n", "application/json", (uri) => (uri.endsWith("1") ? { uri } : undefined));
prompt("greet", "Greets.", z.object({ name: z.string().describe("Who"), title: z.optional(z.string()) }), ({ name }) => [name, text("!")]);

const leg = (name, args = {}, resumed = undefined) => tools.callTool(context, { name, arguments: JSON.stringify(args), resumed });
const output = ({ outcome }) => (assert.equal(outcome.tag, "complete"), outcome.val);
const said = (leg) => [output(leg).content[0].val.text, output(leg).isError];

test("the schema is that of the library, or the one that is given, and closed", () => {
  const listed = Object.fromEntries(tools.listTools(context, null).tools.map((tool) => [tool.name, tool]));
  const add = JSON.parse(listed.add.inputSchema);
  assert.deepEqual(add.required, ["a", "b"]);
  assert.equal(add.properties.b.description, "The second number");
  assert.deepEqual([add.type, add.additionalProperties, add.$schema], ["object", false, undefined]);
  assert.deepEqual(JSON.parse(listed.mini.inputSchema).properties, { a: { type: "number" } });
  assert.deepEqual(JSON.parse(listed.plain.inputSchema), { ...plain, type: "object", additionalProperties: false });
  assert.deepEqual([listed.plain.title, listed.plain.annotations, listed.plain.icons], ["Plain", { readOnlyHint: true }, []]);
  assert.throws(() => tools.listTools(context, ""), { tag: "invalid-cursor" });
  const info = provider.describe(context);
  assert.deepEqual(info.offers, { tools: true, resources: true, prompts: true, logging: true });
  assert.deepEqual([info.catalogueRevision, info.catalogueStatic, info.instructions], ["1.2.3", true, "Add."]);
});

test("arguments are checked", () => {
  for (const [name, args, text, isError] of [
    ["add", { a: 1.5, b: 2 }, "3.5", false],
    ["add", { a: 1 }, "`b`: ", true],
    ["add", { a: 1, b: "2" }, "`b`: ", true],
    ["add", { a: 1, b: 2, d: 3 }, "`d` is not an argument", true],
    ["mini", { a: "1" }, "`a`: Invalid input", true],
    ["plain", { a: 1, b: null, unit: "C" }, '{"a":1,"b":null,"unit":"C"}', false],
    ["plain", {}, "`a` is missing", true],
    ["plain", { a: "1" }, "`a` must be of the type number, not string", true],
    ["plain", { a: 1, b: 1.5 }, "`b` must be of the type integer or null, not number", true],
    ["plain", { a: 1, unit: "K" }, '`unit` must be one of "C", "F"', true],
    ["plain", { a: 1, toString: 1 }, "`toString` is not an argument", true],
  ]) {
    const [found, error] = said(leg(name, args));
    assert.ok(found.includes(text) && error === isError, `${name} ${JSON.stringify(args)}: ${found} ${error}`);
  }
  assert.throws(() => leg("none"), { tag: "unknown-name", val: "none" });
});

test("results are checked before they leave", () => {
  for (const [value, text, isError = false] of [
    ["half \ud800", "half \ufffd"],
    [{ sum: 1 }, '{"sum":1}'],
    [3, "3"],
    [[], "[]"],
    [{ sum: NaN }, "a number that is not finite", true],
    [{ total: 1 }, "the result does not fit its schema", true],
    [undefined, "the result is undefined", true],
    [() => 1, "of the type function", true],
    [1n, "BigInt", true],
    [Promise.resolve(1), "functions of a component are not `async`", true],
  ]) {
    returned = value;
    const [found, error] = said(leg("returns"));
    assert.ok(found.includes(text) && error === isError, `${found} ${error}`);
  }
  returned = [image(new Uint8Array([1]), "image/png"), link("a://b", "b"), text(1)];
  assert.deepEqual(output(leg("returns")).content.map(({ tag }) => tag), ["image", "resource-link", "text"]);
  assert.throws(() => image([1], "image/png"), /must be a Uint8Array/);
  assert.throws(() => image(new Uint8Array(), undefined), /must be a string/);
});

test("what is thrown is for the model, unless it is an error of the contract", () => {
  for (const [thrown, text] of [[new Error("out"), "out"], [new TypeError("of"), "TypeError: of"], ["a string", "a string"], [undefined, "undefined"]]) {
    returned = thrown;
    assert.deepEqual(said(leg("throws")), [text, true]);
  }
  returned = new McpError("forbidden", "not you");
  assert.throws(() => leg("throws"), { tag: "forbidden", val: "not you" });
  assert.throws(() => new McpError("forbidden", 1), /must be a string/);
});

test("steps pass their state on, and events leave at once where the host takes them", () => {
  const run = () => {
    const events = [];
    let resumed;
    for (;;) {
      const { events: more, outcome } = leg("count", {}, resumed);
      events.push(...more.map(({ tag, val }) => [tag, val.progress ?? val.data]));
      if (outcome.tag === "complete") return events;
      assert.equal(outcome.val.afterMs, 10);
      resumed = { saved: outcome.val.saved, answers: [] };
    }
  };
  const expected = [0, 1, 2].flatMap((done) => [["progress", done], ["log", `{"done":${done}}`]]);
  assert.deepEqual(run(), expected);
  emitBy(() => { throw { tag: "not-offered" }; });
  assert.deepEqual(run(), expected);
  const sent = [];
  emitBy((callId, event) => sent.push([callId, event.tag]));
  assert.deepEqual(run(), []);
  assert.deepEqual(sent.length, expected.length);
  for (const saved of [new Uint8Array([255]), new TextEncoder().encode("1")]) {
    assert.throws(() => leg("count", {}, { saved, answers: [] }), { tag: "invalid-saved" });
  }
});

test("a request may take what is left of the call, and the answer keeps some of it", () => {
  const left = Number(said(leg("left"))[0]);
  assert.ok(left > 0 && left <= 900, `${left}`);
  assert.deepEqual(said(tools.callTool({ ...context, remainingMs: 50 }, { name: "left", arguments: "{}" })), ["0", false]);
});

test("questions are asked one after the other, without a state of the author", () => {
  const question = ({ outcome }) => (assert.equal(outcome.tag, "input-required"), { ...outcome.val.questions[0], saved: outcome.val.saved });
  const answer = (saved, key, action, content) => {
    const val = { action, content: content && JSON.stringify(content) };
    return leg("book", {}, { saved, answers: [{ key, response: { tag: "elicit", val } }] });
  };
  const who = question(leg("book"));
  assert.deepEqual([who.key, who.request.tag, who.request.val.message], ["who", "elicit-form", "For whom?"]);
  assert.deepEqual(JSON.parse(who.request.val.requestedSchema).properties, { name: { type: "string" } });
  assert.equal(said(answer(who.saved, "who", "decline"))[0], "not booked");
  assert.match(said(answer(who.saved, "who", "accept", { name: 1 }))[0], /failed: `name`: /);
  const seats = question(answer(who.saved, "who", "accept", { name: "Grüße" }));
  assert.equal(seats.key, "seats");
  assert.equal(said(answer(seats.saved, "seats", "accept", { seats: 4 }))[0], "4 for Grüße");
});

test("resources and prompts are found, or are errors", () => {
  const read = (uri) => output(resources.readResource(context, { uri })).contents[0].body;
  assert.deepEqual(read("a://b"), { tag: "text", val: "text" });
  assert.deepEqual(read("a://bytes"), { tag: "blob", val: new Uint8Array([1]) });
  assert.deepEqual(read("a://n/1"), { tag: "text", val: '{"uri":"a://n/1"}' });
  for (const uri of ["a://c", "a://n/2"]) assert.throws(() => read(uri), { tag: "resource-not-found", val: uri });
  assert.deepEqual(resources.listResources(context, null).resources.map(({ uri }) => uri), ["a://b", "a://bytes"]);
  assert.deepEqual(resources.listTemplates(context, null).templates.map(({ uriTemplate }) => uriTemplate), ["a://n/{n}"]);
  const [{ arguments: listed }] = prompts.listPrompts(context, null).prompts;
  assert.deepEqual(listed, [{ name: "name", description: "Who", required: true }, { name: "title", required: false }]);
  const get = (name, args) => output(prompts.getPrompt(context, { name, arguments: args })).messages.map(({ content }) => content.val.text);
  assert.deepEqual(get("greet", [["name", "Ada"]]), ["Ada", "!"]);
  assert.throws(() => get("greet", []), { tag: "invalid-params" });
  assert.throws(() => get("none", []), { tag: "unknown-name" });
});

test("the polyfills are as Node's own", () => {
  for (const sample of ["", "Grüße 🎉 日本語 \u0000", "half \ud800", "x".repeat(100_000)]) {
    assert.deepEqual(new polyfills.TextEncoder().encode(sample), new TextEncoder().encode(sample));
  }
  for (const sample of [[], [0xef, 0xbb, 0xbf, 65], [65, 0xff, 66], [0xc3], [0xc3, 0x28], [0xf0, 0x9f, 0x8e, 0x89], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x8e, 65], [0xe0, 0x80, 0x80], [0xf5, 0x80], [0xe2, 0x82, 0xe2, 0x82, 0xac]]) {
    const bytes = new Uint8Array(sample);
    for (const options of [{}, { ignoreBOM: true }]) {
      assert.equal(new polyfills.TextDecoder("utf-8", options).decode(bytes), new TextDecoder("utf-8", options).decode(bytes), `${sample}`);
    }
  }
  assert.throws(() => new polyfills.TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff])), TypeError);
});

test("random bytes of every length decode as Node decodes them", () => {
  for (let run = 0; run < 2000; run++) {
    const bytes = Uint8Array.from({ length: run % 9 }, () => [65, 0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, Math.trunc(Math.random() * 256)][Math.trunc(Math.random() * 9)]);
    assert.equal(polyfills.decode(bytes), new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), `${bytes}`);
  }
});
