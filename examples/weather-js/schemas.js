// The JSON Schemas of the tools, by name: what a tool is given, and what its structured content is.
const $schema = "https://json-schema.org/draft/2020-12/schema";

function object(properties, required, more) {
  return { type: "object", properties, required, additionalProperties: false, ...more };
}

const place = { type: "string", minLength: 1, maxLength: 100 };
const reading = object({ value: { type: "number" }, unit: { type: "string" } }, ["value", "unit"]);
const report = object(
  {
    name: { type: "string" },
    country: { type: "string" },
    latitude: { type: "number" },
    longitude: { type: "number" },
    conditions: { type: "string", description: "The weather code in words." },
    weatherCode: { type: "integer", description: "A WMO weather code." },
    temperature: { $ref: "#/$defs/reading" },
    humidity: { $ref: "#/$defs/reading" },
    windSpeed: { $ref: "#/$defs/reading" },
    summary: { type: "string", description: "All of it in a sentence." },
  },
  ["name", "latitude", "longitude", "conditions", "weatherCode", "temperature", "humidity", "windSpeed", "summary"],
);
const entry = object(
  {
    location: { type: "string", description: "The name as it was asked for." },
    weather: { $ref: "#/$defs/report" },
    error: { type: "string" },
  },
  ["location"],
  { oneOf: [{ required: ["weather"] }, { required: ["error"] }] },
);
const location = { ...place, description: "The name of a city or another place, for example `Lisbon`." };
const oneToFive = { type: "array", minItems: 1, maxItems: 5, items: place };
const cities = { ...oneToFive, description: "The names of one to five places." };
const outcome = "What became of each place, in the order asked for: its weather, or why there is none.";

export const schemas = {
  echo: {
    input: { $schema, ...object({ message: { type: "string", description: "What to say back." } }, ["message"]) },
  },
  get_weather: {
    input: { $schema, ...object({ location }, ["location"]) },
    output: { $schema, ...report, $defs: { reading } },
  },
  multi_weather: {
    input: { $schema, ...object({ cities }, ["cities"]) },
    output: {
      $schema,
      ...object({ cities: { type: "array", description: outcome, items: entry } }, ["cities"]),
      $defs: { report, reading },
    },
  },
};
