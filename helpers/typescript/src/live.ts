// Sends progress and logs while a call runs, on hosts that can. The component's world includes `wasmcp:mcp/live-service@0.1.0`.
import { emit } from "wasmcp:mcp/live@0.1.0";
import { emitBy } from "./call.js";

emitBy(emit);
