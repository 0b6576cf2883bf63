// HTTP requests: like `fetch`, but functions of a component are not asynchronous. The component's world includes `wasmcp:mcp/http-service@0.1.0`.
import { type Failure, type Request, send } from "wasmcp:mcp/http@0.1.0";
import { remainingMs } from "./call.js";
import { string } from "./content.js";
import { decode, encode } from "./polyfills.js";
import { ToolError } from "./schema.js";

/** What a request has beside its URL. */
export interface Init {
  /** `GET` if it is not given. */
  method?: string;
  headers?: Record<string, string>;
  /** A string is sent as UTF-8. */
  body?: string | Uint8Array;
  /** At most what is left of the call. */
  timeoutMs?: number;
}

/** A response, whatever its status is. Names of headers are in lower case. */
export class Response {
  constructor(readonly url: string, readonly status: number, readonly headers: Map<string, string>, readonly body: Uint8Array) {}
  /** Whether the status is one of success, 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }
  /** The body as text in UTF-8. */
  text(): string {
    return decode(this.body);
  }
  /** The body as JSON; an error where it is none. */
  json(): any {
    return JSON.parse(this.text());
  }
}

/** Sends a request, and waits. No response is a `ToolError`, which has the words for the operator. */
export function fetch(url: string, init: Init = {}): Response {
  const [answer] = fetchAll([{ url, ...init }]);
  if (answer instanceof Response) return answer;
  throw answer ?? new ToolError("the host gave no response");
}

/** Sends all requests at once, and answers in their order. */
export function fetchAll(requests: (Init & { url: string })[]): (Response | ToolError)[] {
  return send(requests.map(request)).map((result, index) => {
    const url = requests[index]!.url;
    if (result.tag === "err") return new ToolError(explain(url.split("?")[0]!, result.val));
    const { status, headers, body } = result.val;
    return new Response(url, status, new Map(headers), body);
  });
}

function request({ url, method = "GET", headers = {}, body = "", timeoutMs }: Init & { url: string }): Request {
  const bytes = typeof body === "string" ? encode(body) : body;
  if (!(bytes instanceof Uint8Array)) throw new TypeError("the body must be a string or a Uint8Array");
  const left = Math.min(timeoutMs ?? Infinity, remainingMs() ?? Infinity);
  const timeout = Number.isFinite(left) && { timeoutMs: Math.max(0, Math.trunc(left)) };
  const lines = Object.entries(headers).map(([name, value]): [string, string] => [name, string(value, `the header \`${name}\``)]);
  return { url: string(url, "the URL"), method: string(method, "the method"), headers: lines, body: bytes, ...timeout };
}

/** What follows `?` may be a secret, and is not here. */
function explain(url: string, failure: Failure): string {
  switch (failure.tag) {
    case "not-offered": return "this server offers its tools no HTTP requests";
    case "denied": return `this server may not ask \`${url}\`: ${failure.val}`;
    case "timeout": return `\`${url}\` did not answer in time`;
    case "too-large": return `\`${url}\` answered with more than this server lets a tool have`;
    case "connection": return `\`${url}\` cannot be reached: ${failure.val}`;
    default: return `\`${url}\` cannot be asked: ${failure.val}`;
  }
}
