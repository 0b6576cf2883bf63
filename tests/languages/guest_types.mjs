// guest_types.mjs NODE_MODULES WIT WORLD OUT: what `jco guest-types WIT -n WORLD -o OUT` does, by its library.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, wit, world, out] = process.argv.slice(2);
// The tools are cached outside of the clone, where an import from this folder does not look.
const entry = createRequire(join(modules, "package.json")).resolve("@bytecodealliance/jco-transpile");
const { generateGuestTypes } = await import(pathToFileURL(entry).href);

for (const [name, bytes] of Object.entries(await generateGuestTypes(wit, { worldName: world, outDir: out }))) {
  await mkdir(dirname(name), { recursive: true });
  await writeFile(name, bytes);
}
