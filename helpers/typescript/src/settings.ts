// What an operator sets for the provider. The component's world includes `wasmcp:mcp/settings-service@0.1.0`.
import { get } from "wasmcp:mcp/settings@0.1.0";
import { ToolError } from "./schema.js";

/** What `--set NAME.KEY=VALUE` has set, or the other value. */
export function setting(key: string): string | undefined;
export function setting(key: string, otherwise: string): string;
export function setting(key: string, otherwise?: string): string | undefined {
  let value;
  try {
    value = get(key);
  } catch {
    throw new ToolError(`the setting \`${key}\` cannot be read now`);
  }
  return value ?? otherwise;
}
