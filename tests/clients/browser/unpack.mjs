// Unpacks the Chromium of an npm package, and the libraries that it needs: unpack.mjs PACKAGE FOLDER puts `chromium` and `lib` into the folder.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

const [from, to] = process.argv.slice(2);
const unpacked = (name) => brotliDecompressSync(readFileSync(join(from, 'bin', `${name}.br`)));

writeFileSync(join(to, 'chromium'), unpacked('chromium'), { mode: 0o755 });
// The renderer's software graphics lie beside the program; the others are libraries of the system that may be missing.
for (const archive of ['swiftshader.tar', 'al2023.tar']) {
  const tar = spawnSync('tar', ['-x', '-C', to], { input: unpacked(archive), stdio: ['pipe', 'inherit', 'inherit'] });
  if (tar.status !== 0) throw new Error(`tar cannot unpack ${archive}: ${tar.error ?? `status ${tar.status}`}`);
}
