// Makes JavaScript of a component that imports nothing: transpile.mjs COMPONENT writes the folder `built`.
import { transpile, writeFiles } from '@bytecodealliance/jco-transpile';

const [component] = process.argv.slice(2);
// Without an instance, so that each call can have its own.
const options = { name: 'provider', outDir: 'built', instantiation: 'async', emitTypescriptDeclarations: false };
const { files, imports } = await transpile(component, options);
if (imports.length > 0) throw new Error(`${component} cannot run in a page: it imports ${imports.join(', ')}`);
await writeFiles(files);
