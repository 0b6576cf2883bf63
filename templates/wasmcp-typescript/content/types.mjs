// Writes the types of `wit/` to `types/`, as `jco guest-types` does, by its library: the program brings a whole engine.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { generateGuestTypes } from "@bytecodealliance/jco-transpile";

for (const [name, bytes] of Object.entries(await generateGuestTypes("wit", { worldName: "provider", outDir: "types" }))) {
  await mkdir(dirname(name), { recursive: true });
  await writeFile(name, bytes);
}
