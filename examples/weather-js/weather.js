// Weather: three tools, a resource and a prompt, from Open-Meteo or a service with the same API. A provider of MCP.
import { send } from "wasmcp:mcp/http@0.1.0";
import { get as getSetting } from "wasmcp:mcp/settings@0.1.0";
import { schemas } from "./schemas.js";

// What is listed here changes only with the program, so that every client may keep it for an hour.
const cache = { ttlMs: 3_600_000, scope: "public" };
const conditionsUri = "weather://js/conditions";
// The weather codes of the WMO that Open-Meteo uses.
const conditions = {
  0: "clear sky", 1: "mainly clear", 2: "partly cloudy", 3: "overcast", 45: "fog", 48: "freezing fog",
  51: "light drizzle", 53: "drizzle", 55: "dense drizzle", 56: "light freezing drizzle", 57: "freezing drizzle",
  61: "light rain", 63: "rain", 65: "heavy rain", 66: "light freezing rain", 67: "freezing rain",
  71: "light snow", 73: "snow", 75: "heavy snow", 77: "snow grains", 80: "light rain showers", 81: "rain showers",
  82: "violent rain showers", 85: "light snow showers", 86: "snow showers", 95: "thunderstorm",
  96: "thunderstorm with light hail", 99: "thunderstorm with heavy hail",
};

// The contract: an object for each interface. A field that is absent may be left out, a list may not: `[]` is its empty
// form. An error of the contract is thrown as `{ tag, val }`; the client's program gets it, and no model reads it.

export const provider = {
  describe(_ctx) {
    const description = "The weather now, by the name of a place.";
    return {
      implementation: { name: "weather", version: "1.0.0", title: "Weather", description, icons: [] },
      instructions: "For several places call `multi_weather` once: it asks for them at the same time.",
      offers: { tools: true, resources: true, prompts: true },
      // The lists are the same for every caller: a server asks for them once, when it starts.
      catalogueStatic: true, catalogueRevision: "1.0.0", cache, extensions: [], experimental: [],
    };
  },
};

export const tools = {
  listTools(_ctx, cursor) {
    onlyPage(cursor);
    const weather = "Conditions, temperature, humidity and wind at one place now.";
    const several = "The same for one to five places at once. A place that fails does not fail the others.";
    const tools = [
      tool("echo", "Echo", "Says the message back.", { openWorldHint: false }),
      tool("get_weather", "Weather at a place", weather, { openWorldHint: true }),
      tool("multi_weather", "Weather at several places", several, { openWorldHint: true }),
    ];
    return { tools, cache };
  },

  callTool(ctx, call) {
    const run = new Map([["echo", echo], ["get_weather", getWeather], ["multi_weather", multiWeather]]).get(call.name);
    if (run === undefined) throw { tag: "unknown-name", val: call.name };
    // The model reads what failed in a tool, and can do better. An exception that left this function would reach the
    // client as "internal error". The arguments are an object; the server has not checked them against the schema.
    let output;
    try {
      output = run(ctx, JSON.parse(call.arguments));
    } catch (error) {
      output = textOutput(error instanceof ToolError ? error.message : `the tool failed: ${error}`, { isError: true });
    }
    return { events: [], outcome: { tag: "complete", val: output } };
  },
};

export const resources = {
  listResources(_ctx, cursor) {
    onlyPage(cursor);
    const about = { title: "Weather codes", description: "What each weather code of the WMO means.", icons: [] };
    return { resources: [{ uri: conditionsUri, name: "conditions", mimeType: "application/json", ...about }], cache };
  },

  listTemplates(_ctx, cursor) {
    onlyPage(cursor);
    return { templates: [], cache };
  },

  readResource(_ctx, { uri }) {
    if (uri !== conditionsUri) throw { tag: "resource-not-found", val: uri };
    const body = { tag: "text", val: JSON.stringify(conditions) };
    const contents = [{ uri, mimeType: "application/json", body }];
    return { events: [], outcome: { tag: "complete", val: { contents, cache } } };
  },
};

export const prompts = {
  listPrompts(_ctx, cursor) {
    onlyPage(cursor);
    const city = { name: "city", description: "The name of a place", required: true };
    const description = "Plans a day outdoors by the weather.";
    const prompts = [{ name: "plan_day", title: "Plan a day", description, arguments: [city], icons: [] }];
    return { prompts, cache };
  },

  getPrompt(_ctx, get) {
    if (get.name !== "plan_day") throw { tag: "unknown-name", val: get.name };
    const city = new Map(get.arguments).get("city")?.trim();
    if (!city) throw { tag: "invalid-params", val: { message: "`city` is missing: it must be a string" } };
    const ask = `Ask the tool \`get_weather\` for ${city} first, and say what to wear.`;
    const text = `Plan a day outdoors in ${city}. ${ask}`;
    const messages = [{ role: "user", content: { tag: "text", val: { text } } }];
    return { events: [], outcome: { tag: "complete", val: { messages } } };
  },
};

/** Each list is one page, so that no cursor was ever given out. An absent value is `null` here. */
function onlyPage(cursor) {
  if (cursor != null) throw { tag: "invalid-cursor" };
}

// Records are made by functions, so that they always have the types of the contract: a wrong one ends the call.

function tool(name, title, description, { openWorldHint }) {
  const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint };
  const { input, output } = schemas[name];
  const outputSchema = output && JSON.stringify(output);
  return { name, title, description, inputSchema: JSON.stringify(input), outputSchema, annotations, icons: [] };
}

function textOutput(text, { isError = false, isStructured = false } = {}) {
  const structuredContent = isStructured ? text : null;
  return { content: [{ tag: "text", val: { text: `${text}` } }], structuredContent, isError };
}

/** The text repeats the structured content, for clients that do not read that. */
function structuredOutput(value) {
  return textOutput(JSON.stringify(value), { isStructured: true });
}

// The tools, and how they read their arguments.

/** Why there is no answer, in words for the model. */
class ToolError extends Error {}

function echo(_ctx, args) {
  const message = aString("message", take(args, "message", "a string"));
  noMore(args);
  return textOutput(message);
}

function getWeather(ctx, args) {
  const place = aPlace("location", take(args, "location", "a string"));
  noMore(args);
  const [report] = findAll(ctx, [place]);
  if (report instanceof ToolError) throw report;
  return structuredOutput(report);
}

function multiWeather(ctx, args) {
  const names = take(args, "cities", "an array of strings");
  if (!Array.isArray(names)) throw new ToolError(`\`cities\` must be an array of strings, not ${kind(names)}`);
  const { length } = names;
  if (length < 1 || length > 5) throw new ToolError(`\`cities\` must have 1 to 5 items, not ${length}`);
  const locations = names.map((name, index) => aPlace(`cities[${index}]`, name));
  noMore(args);
  const reports = findAll(ctx, locations);
  if (reports.every((report) => report instanceof ToolError)) {
    throw new ToolError(reports.map((error, index) => `${locations[index]}: ${error.message}`).join("\n"));
  }
  const outcome = (report) => report instanceof ToolError ? { error: report.message } : { weather: report };
  const cities = reports.map((report, index) => ({ location: locations[index], ...outcome(report) }));
  return structuredOutput({ cities });
}

function take(args, name, wanted) {
  if (!Object.hasOwn(args, name)) throw new ToolError(`\`${name}\` is missing: it must be ${wanted}`);
  const value = args[name];
  delete args[name];
  return value;
}

function noMore(args) {
  const [name] = Object.keys(args).sort();
  if (name !== undefined) throw new ToolError(`\`${name}\` is not an argument of this tool`);
}

function aString(name, value) {
  if (typeof value !== "string") throw new ToolError(`\`${name}\` must be a string, not ${kind(value)}`);
  return value;
}

function aPlace(name, value) {
  const text = aString(name, value).trim();
  // A string has UTF-16 units. Its iterator gives characters.
  const length = [...text].length;
  if (length < 1 || length > 100) throw new ToolError(`\`${name}\` must have 1 to 100 characters, not ${length}`);
  if (/[\x00-\x1f\x7f-\x9f]/.test(text)) throw new ToolError(`\`${name}\` must not have control characters`);
  return text;
}

/** What JSON calls a value. */
function kind(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

// The settings. They are read at each call, so that a change needs no restart.

function setting(key) {
  try {
    return getSetting(key);
  } catch {
    throw new ToolError(`the setting \`${key}\` cannot be read now`);
  }
}

function baseUrl(key, otherwise) {
  const url = setting(key) ?? otherwise;
  if (/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/.test(url)) return url.replace(/\/+$/, "");
  throw new ToolError(`the setting \`${key}\` is not a URL of the form \`http[s]://HOST[:PORT][/PATH]\``);
}

/** How long a request may take: two, one after the other, must be done before the caller stops waiting. */
function requestTimeoutMs(ctx) {
  const text = setting("timeout-ms") ?? "5000";
  const timeoutMs = /^\d+$/.test(text) ? Number(text) : 0;
  if (timeoutMs < 1 || timeoutMs > 60_000) {
    throw new ToolError("the setting `timeout-ms` is not a number of milliseconds from 1 to 60000");
  }
  return Math.min(timeoutMs, Math.floor(Math.max(ctx.remainingMs - 100, 0) / 2));
}

// The weather.

/**
 * The report of each place or its `ToolError`, in their order. All places are looked up at once, and then the weather
 * of those that were found is asked for at once.
 */
function findAll(ctx, locations) {
  const geocoding = baseUrl("geocoding-url", "https://geocoding-api.open-meteo.com");
  const forecast = baseUrl("forecast-url", "https://api.open-meteo.com");
  const timeoutMs = requestTimeoutMs(ctx);
  const fields = "temperature_2m,relative_humidity_2m,wind_speed_10m,weather_code";
  const search = (name) =>
    `${geocoding}/v1/search?name=${encodeURIComponent(name)}&count=1&language=en&format=json`;
  const current = ({ latitude, longitude }) =>
    `${forecast}/v1/forecast?latitude=${latitude}&longitude=${longitude}&current=${fields}`;
  return askAll(timeoutMs, askAll(timeoutMs, locations, search, readPlace), current, readReport);
}

/** What `read` makes of each item and the answer to its URL. An item that is an error already stays one. */
function askAll(timeoutMs, items, urlOf, read) {
  const headers = [["accept", "application/json"], ["user-agent", "weather/1.0.0"]];
  const request = (item) => ({ method: "GET", url: urlOf(item), headers, body: new Uint8Array(), timeoutMs });
  const responses = send(items.filter((item) => !(item instanceof ToolError)).map(request));
  return items.map((item) => {
    if (item instanceof ToolError) return item;
    const service = `the weather service at \`${urlOf(item).split("/")[2]}\``;
    try {
      return read(item, readResponse(service, timeoutMs, responses.shift()));
    } catch (error) {
      if (error instanceof ToolError) return error;
      return new ToolError(`${service} gave an answer that cannot be read: ${error}`);
    }
  });
}

/** The JSON of a response. An error is for the model, and for the operator whom it tells. */
function readResponse(service, timeoutMs, response) {
  if (response.tag === "ok") {
    const { status, body } = response.val;
    if (status !== 200) throw new ToolError(`${service} failed: it answered with HTTP status ${status}`);
    if (body.length > 1 << 20) throw new ToolError(`${service} answered with more than 1 MiB`);
    const json = utf8(body);
    // What is nested deeply would exhaust the stack, which ends the call and cannot be caught.
    if (json.replace(/[^[{]+/g, "").length > 1000) throw new RangeError("it has too many parts");
    return object(JSON.parse(json), "answer");
  }
  const { tag, val: why } = response.val;
  switch (tag) {
    case "not-offered": throw new ToolError("this server offers its tools no HTTP requests");
    case "denied": throw new ToolError(`this server may not ask the weather service: ${why}`);
    case "timeout": throw new ToolError(`${service} did not answer in time (${timeoutMs} ms)`);
    case "too-large": throw new ToolError(`${service} answered with more than 1 MiB`);
    case "connection": throw new ToolError(`${service} cannot be reached: ${why}`);
    default: throw new ToolError(`${service} cannot be asked: ${why}`);
  }
}

/** Bytes as text. QuickJS has no `TextDecoder`. */
function utf8(bytes) {
  let encoded = "";
  for (const byte of bytes) encoded += `%${byte.toString(16).padStart(2, "0")}`;
  return decodeURIComponent(encoded);
}

function readPlace(name, answer) {
  const { results = [] } = answer;
  if (!Array.isArray(results)) throw new TypeError("`results` is not an array");
  if (results.length === 0) throw new ToolError(`there is no place called \`${name}\``);
  const best = object(results[0], "results[0]");
  // Some places, the seas for example, are in none.
  const country = best.country == null ? {} : { country: text(best, "country") };
  const [latitude, longitude] = [number(best, "latitude"), number(best, "longitude")];
  return { name: text(best, "name"), ...country, latitude, longitude };
}

function readReport(place, answer) {
  const current = object(answer.current, "current");
  const units = object(answer.current_units, "current_units");
  const reading = (name) => ({ value: number(current, name), unit: text(units, name) });
  const temperature = reading("temperature_2m");
  const humidity = reading("relative_humidity_2m");
  const windSpeed = reading("wind_speed_10m");
  const weatherCode = number(current, "weather_code");
  if (!Number.isInteger(weatherCode)) throw new TypeError("`weather_code` is not an integer");
  const inWords = conditions[weatherCode] ?? "unknown conditions";
  const where = place.country === undefined ? place.name : `${place.name}, ${place.country}`;
  const say = ({ value, unit }) => `${value} ${unit}`;
  const summary = `${where}: ${inWords}, ${say(temperature)}, humidity ${say(humidity)}, wind ${say(windSpeed)}`;
  return { ...place, conditions: inWords, weatherCode, temperature, humidity, windSpeed, summary };
}

// The members of an answer, which may be anything.

function object(value, name) {
  if (kind(value) !== "an object") throw new TypeError(`\`${name}\` is not an object`);
  return value;
}

function text(members, name) {
  const value = members[name];
  // Half of a surrogate pair is a string of JavaScript, and no text of the contract.
  if (typeof value !== "string" || !value.isWellFormed()) throw new TypeError(`\`${name}\` is not a string`);
  return value;
}

function number(members, name) {
  const value = members[name];
  // JSON has no infinity, but 1e999 is read as one.
  if (!Number.isFinite(value)) throw new TypeError(`\`${name}\` is not a number`);
  return value;
}
