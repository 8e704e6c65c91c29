#!/usr/bin/env bash
# set_up.sh: VS Code as a server (code-server), ready to start from node_modules/ beside this file.
#
# Without install scripts, since those fetch things from elsewhere than the registry. What they
# would have made is put in by hand: VS Code's own packages (pinned by its npm-shrinkwrap.json),
# Debian's ripgrep, and a stand-in for argon2, which only hashes passwords that nobody has here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

server=node_modules/code-server
stamp=node_modules/.lemma-lock
cmp -s package-lock.json "$stamp" && exit 0

npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
(cd "$server/lib/vscode" &&
  npm install --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error &&
  ln -sfn node_modules node_modules.asar)
mkdir -p "$server/lib/vscode/node_modules/@vscode/ripgrep/bin"
ln -sfn "$(command -v rg)" "$server/lib/vscode/node_modules/@vscode/ripgrep/bin/rg"
argon2=node_modules/argon2
[[ -d $argon2 ]] || argon2=$server/node_modules/argon2
printf 'exports.argon2id = 2\nexports.hash = exports.verify = async () => false\n' >"$argon2/stub.cjs"
sed -i -E 's|"main": "[^"]*"|"main": "stub.cjs"|' "$argon2/package.json"
cp package-lock.json "$stamp"
