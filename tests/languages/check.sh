#!/bin/sh
# Generates the contract's bindings for Python and JavaScript and checks them. Takes the pinned tools of requirements.txt and
# package-lock.json from $WASMCP_TOOLS: a virtual environment `python` and a folder `node_modules`. Writes to the folder $1.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wit=$here/../../wit
world=full-provider-with-services
: "${WASMCP_TOOLS:?is the folder of the installed tools: run make test}"
mkdir -p "${1:?is the folder to write to}"
out=$(cd "$1" && pwd)

rm -rf "$out/python" "$out/javascript"
"$WASMCP_TOOLS/python/bin/componentize-py" -d "$wit" -w "wasmcp:mcp/$world" bindings "$out/python"
# The files beside these two are componentize-py's own and need the Python that it carries.
"$WASMCP_TOOLS/python/bin/python" -m compileall -q "$out/python/wit_world" "$out/python/componentize_py_types.py"
"$WASMCP_TOOLS/python/bin/python" "$here/records.py" "$wit" "$out/python"

mkdir "$out/javascript"
node "$here/guest_types.mjs" "$WASMCP_TOOLS/node_modules" "$wit" "$world" "$out/javascript/types"
cp "$here/provider.ts" "$here/tsconfig.json" "$out/javascript/"
cat > "$out/javascript/world.d.ts" <<EOF
/// <reference path="./types/$world.d.ts" />
EOF
"$WASMCP_TOOLS/node_modules/.bin/tsc" -p "$out/javascript"
echo "javascript: provider.ts compiles against $(find "$out/javascript/types" -name '*.d.ts' | wc -l) files"
