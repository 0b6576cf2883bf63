// One leg of a call: what came with it, what a function may do while it runs, and how it ends.
import type { Context, Event, LogLevel, McpError as ContractError, Resumption } from "wasmcp:mcp/model@0.1.0";
import { json, McpError } from "./content.js";
import { check, jsonSchema, type Schema, ToolError } from "./schema.js";

/** A value that JSON has. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
/** What a user did with a form. */
export type Elicited<T> = { action: "accept"; content: T } | { action: "decline" } | { action: "cancel" };
type Saved = { state?: Json; answers: Record<string, { action: "accept" | "decline" | "cancel"; content?: unknown }> };
type Pause =
  | { tag: "more"; val: { saved: Uint8Array; afterMs: number } }
  | { tag: "input-required"; val: { questions: any[]; saved: Uint8Array } };
/** What a leg answers: its events, and its result or how the call goes on. */
export type Leg<T> = { events: Event[]; outcome: { tag: "complete"; val: T } | Pause };

/** Ends a function whose call goes on later. */
class Paused extends Error {}

const levels: LogLevel[] = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
/** What is left for the answer when a request has taken all of its time. */
const answerMs = 100;
let emitNow: ((callId: string, event: Event) => void) | undefined;
let current: Call | undefined;

/** What sends events while a call runs. `wasmcp-provider/live` gives it. */
export function emitBy(emit: (callId: string, event: Event) => void) {
  emitNow = emit;
}

/** The milliseconds that are left for a request of the call that runs. */
export function remainingMs(): number | undefined {
  return current && Math.max(0, Math.floor(current.context.remainingMs - (Date.now() - current.started) - answerMs));
}

/** A call, or the leg of it that runs. */
export class Call {
  readonly started = Date.now();
  readonly #saved: Saved;
  readonly #events: Event[] = [];
  #pause: Pause | undefined;

  constructor(readonly context: Context, readonly resumed: Resumption | undefined) {
    this.#saved = read(resumed?.saved);
    for (const { key, response } of resumed?.answers ?? []) {
      if (response.tag !== "elicit") continue;
      const { action, content } = response.val;
      this.#saved.answers[key] = { action, ...(content != null && { content: parsed(content) }) };
    }
  }

  /** What the step before this one gave to `more`; undefined in the first. */
  get state(): Json | undefined {
    return this.#saved.state;
  }

  /** Tells the client how far the call is: at once where the host can, else with the answer of this leg. */
  progress(progress: number, total?: number, message?: string) {
    if (!this.context.progressWanted || !Number.isFinite(progress)) return;
    const more = { ...(Number.isFinite(total) && { total: total as number }), ...(message != null && { message: String(message).toWellFormed() }) };
    this.emit({ tag: "progress", val: { progress, ...more } });
  }

  /** Logs for the client, if it wants messages of this level. A server that logs says so: `server(name, version, { logging: true })`. */
  log(level: LogLevel, data: unknown) {
    const wanted = this.context.logLevel;
    if (wanted == null || levels.indexOf(level) < levels.indexOf(wanted)) return;
    this.emit({ tag: "log", val: { level, data: json(data, "what is logged") } });
  }

  /** Sends an event of the contract: at once where the host can, else with the answer of this leg. */
  emit(event: Event) {
    try {
      if (emitNow) return emitNow(this.context.callId, event);
    } catch (error: any) {
      // Another error is of an event that cannot be sent at all.
      if ((error?.payload ?? error)?.tag !== "not-offered") return;
    }
    this.#events.push(event);
  }

  /** Ends this step: the function is called again, with this `state`, and not sooner than after these milliseconds. */
  more(state: Json, afterMs = 0): never {
    json(state, "the state");
    const saved = bytes({ ...this.#saved, state });
    return this.#end({ tag: "more", val: { saved, afterMs: Math.max(0, Math.trunc(Number(afterMs) || 0)) } });
  }

  /**
   * Asks the user for what a flat schema has. The call ends here and begins anew when the user has answered, with all answers so far: ask first, then act.
   * The key is the question's own in this tool.
   */
  ask<T>(key: string, message: string, schema: Schema<T>): Elicited<T> {
    const form = jsonSchema(schema, false);
    const answer = Object.hasOwn(this.#saved.answers, key) ? this.#saved.answers[key] : undefined;
    if (answer?.action === "accept") return { action: "accept", content: check(schema, form, answer.content ?? {}) };
    if (answer) return { action: answer.action };
    const val = { message: String(message).toWellFormed(), requestedSchema: json(form, "the form") };
    const questions = [{ key: String(key).toWellFormed(), request: { tag: "elicit-form", val } }];
    return this.#end({ tag: "input-required", val: { questions, saved: bytes(this.#saved) } });
  }

  #end(pause: Pause): never {
    this.#pause = pause;
    throw new Paused();
  }

  /** Runs the function of this leg. `fail` says what an exception is: of a tool it is an output. */
  run<T>(body: () => T, fail: (error: Error) => T): Leg<T> {
    current = this;
    let outcome: Leg<T>["outcome"];
    try {
      outcome = { tag: "complete", val: body() };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      // The contract's error is thrown as a plain value.
      if (error instanceof McpError) throw error.error;
      outcome = this.#pause ?? { tag: "complete", val: fail(error) };
    }
    // A question stands, even where the function has caught what ended it.
    return { events: this.#events, outcome: this.#pause ?? outcome };
  }
}

/** What the model reads of an exception. */
export function explain(error: Error): string {
  return (error instanceof ToolError || error.name === "Error" ? error.message : `${error.name}: ${error.message}`).toWellFormed();
}

function read(saved: Uint8Array | undefined): Saved {
  if (saved == null) return { answers: {} };
  try {
    const text = decodeURIComponent(Array.from(saved, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
    const { state, answers } = JSON.parse(text);
    if (typeof answers === "object" && answers !== null) return { answers, ...(state !== undefined && { state }) };
  } catch {
    // It is not of this helper.
  }
  throw { tag: "invalid-saved" } satisfies ContractError;
}

/** What is no JSON fits no form, so that it is refused where it is asked for. */
function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}

function bytes(saved: Saved): Uint8Array {
  // There may be no `TextEncoder`.
  return Uint8Array.from(unescape(encodeURIComponent(JSON.stringify(saved).toWellFormed())), (char) => char.charCodeAt(0));
}
