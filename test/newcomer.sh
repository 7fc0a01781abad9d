#!/usr/bin/env bash
# Does what somebody new does, on a machine that is busy with other things: a fresh clone, nothing in the caches, four
# loops that each want a core, and the two commands of the README. By hand, since it takes an hour or more:
#   test/newcomer.sh            both commands
#   test/newcomer.sh demo       the demo, until it has caught up
#   test/newcomer.sh test …     the tests, or those of some files
# COURANT_YES=1 says yes to what the system must give. Ends with 0 once all of it went well.
set -euo pipefail

what=${1:-both}
[ $# -gt 0 ] && shift
origin=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
place=$(mktemp -d "${TMPDIR:-/tmp}/courant-newcomer-XXXXXX")
# PostgreSQL enters it as another user where root installs.
chmod 755 "$place"
loops=()
tidy() {
  for pid in "${loops[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$place"
}
trap tidy EXIT
trap 'exit 130' INT TERM

for _ in 1 2 3 4; do
  (while :; do :; done) &
  loops+=($!)
done

git clone --quiet "$origin" "$place/courant"
cd "$place/courant"
# Nothing that is configured here is a newcomer's, and nothing was downloaded before.
for name in $(compgen -e | grep -E '^(PG|MINIO_|AZURE_|COURANT_)' | grep -v '^COURANT_YES$'); do unset "$name"; done
export COURANT_CACHE_DIR="$place/cache"
npm_config_cache="$place/npm"
export npm_config_cache

began=$SECONDS
npm ci --no-audit --no-fund
echo "npm ci: $((SECONDS - began)) s"
if [ "$what" != test ]; then
  began=$SECONDS
  npm run demo -- --once
  echo "demo: $((SECONDS - began)) s"
fi
if [ "$what" != demo ]; then
  began=$SECONDS
  npm test -- "$@"
  echo "tests: $((SECONDS - began)) s"
fi
