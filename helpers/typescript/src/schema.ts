// Schemas: how one is listed, and how arguments are checked by it.

/** A schema of zod, valibot, ArkType or any other library of https://standardschema.dev. */
export interface StandardSchema<T = unknown> {
  readonly "~standard": {
    readonly validate: (value: unknown) => Result<T> | Promise<Result<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
    readonly jsonSchema?: { readonly input: (options: { target: "draft-2020-12" }) => object };
  };
}
type Result<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<{ readonly message: string; readonly path?: ReadonlyArray<unknown> | undefined }> };

/** A JSON Schema, as it is listed. `required` and the `type` and `enum` of each property are checked, and no more. */
export interface JsonSchema {
  type?: "object";
  properties?: Record<string, { type?: string | string[]; enum?: unknown[]; [keyword: string]: unknown }>;
  required?: string[];
  [keyword: string]: unknown;
}

/** A schema of a library, or a JSON Schema. */
export type Schema<T> = StandardSchema<T> | JsonSchema;

/** Why there is no result, in words for the model. */
export class ToolError extends Error {}

let convert: ((schema: any) => object) | undefined;

/** For schemas that do not say their own JSON Schema, as those of `zod/mini`: `convertSchemas(z.toJSONSchema)`. */
export function convertSchemas(toJsonSchema: (schema: any) => object) {
  convert = toJsonSchema;
}

/** The JSON Schema of a schema. That of arguments has no members that it does not name, unless it says something else of them. */
export function jsonSchema(schema: Schema<unknown>, ofArguments = true): JsonSchema {
  const json = { ...(isStandard(schema) ? ofLibrary(schema) : schema) } as JsonSchema;
  delete json.$schema;
  if (!ofArguments) return json;
  json.type ??= "object";
  const isWhole = !["oneOf", "anyOf", "allOf", "$ref", "patternProperties", "unevaluatedProperties"].some((part) => part in json);
  if (isWhole) json.additionalProperties ??= false;
  return json;
}

function ofLibrary(schema: StandardSchema): object {
  const own = schema["~standard"].jsonSchema;
  if (own) return own.input({ target: "draft-2020-12" });
  if (convert) return convert(schema);
  throw new TypeError("the library of this schema says no JSON Schema: call `convertSchemas` first, with what converts it");
}

/** The value as the schema has it. What does not fit is a `ToolError`, which says where. */
export function check<T>(schema: Schema<T>, json: JsonSchema, value: unknown): T {
  if (kind(value) === "object") onlyKnown(json, value as object);
  if (!isStandard(schema)) return checkMembers(json, value) as T;
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) throw new TypeError("a schema of a component cannot be asynchronous");
  if (!result.issues) return result.value;
  const key = (part: any) => String(typeof part === "object" && part !== null ? part.key : part);
  throw new ToolError(result.issues.map(({ path, message }) => {
    return path?.length ? `\`${path.map(key).join(".")}\`: ${message}` : message;
  }).join("; "));
}

function onlyKnown({ properties = {}, additionalProperties }: JsonSchema, value: object) {
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(properties, name));
  if (additionalProperties === false && unknown !== undefined) throw new ToolError(`\`${unknown}\` is not an argument`);
}

function checkMembers({ type, properties = {}, required = [] }: JsonSchema, value: unknown): unknown {
  if (type !== "object") return value;
  if (kind(value) !== "object") throw new ToolError(`an object is needed, not ${kind(value)}`);
  const members = value as Record<string, unknown>;
  for (const name of required) {
    if (!Object.hasOwn(members, name)) throw new ToolError(`\`${name}\` is missing`);
  }
  for (const [name, property] of Object.entries(properties)) {
    if (!Object.hasOwn(members, name)) continue;
    const found = kind(members[name]);
    const types = property.type === undefined ? [found] : [property.type].flat();
    const fits = types.includes(found) || (found === "integer" && types.includes("number"));
    if (!fits) throw new ToolError(`\`${name}\` must be of the type ${types.join(" or ")}, not ${found}`);
    if (property.enum && !property.enum.includes(members[name])) {
      throw new ToolError(`\`${name}\` must be one of ${property.enum.map((one) => JSON.stringify(one)).join(", ")}`);
    }
  }
  return value;
}

function isStandard<T>(schema: Schema<T>): schema is StandardSchema<T> {
  return "~standard" in schema;
}

/** What JSON Schema calls the type of a value. */
function kind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}
