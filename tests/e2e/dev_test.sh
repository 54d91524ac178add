#!/bin/bash
# Where packages are missing and nobody may install them, each command of `dev` says in one
# line what to run, and does nothing else.
#
#     dev_test.sh SOURCE_FOLDER
set -euo pipefail

tmp=$(mktemp -d "${TMPDIR:-/tmp}/hookjournal-dev.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
cp "$1/dev" "$tmp/dev"

# A machine on which nothing is installed.
mkdir "$tmp/bin"
printf '#!/bin/sh\nexit 1\n' >"$tmp/bin/dpkg-query"
chmod 755 "$tmp/bin/dpkg-query"

as_nobody=()
[ "$(id -u)" != 0 ] || as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

for command in demo test bench setup package; do
  status=0
  "${as_nobody[@]}" env PATH="$tmp/bin:$PATH" bash "$tmp/dev" "$command" \
    >"$tmp/out" 2>"$tmp/err" || status=$?
  if [ "$status" != 3 ] || [ -s "$tmp/out" ] ||
    [ "$(grep -c "^sudo sh -c 'apt-get update && apt-get install -y .*cmake.*'$" "$tmp/err")" != 1 ]; then
    echo "dev $command: status $status, want 3 and one line for apt; it said:" >&2
    cat "$tmp/out" "$tmp/err" >&2
    exit 1
  fi
done
[ "$(ls "$tmp")" = "$(printf 'bin\ndev\nerr\nout')" ] || { echo "dev left: $(ls "$tmp")" >&2; exit 1; }
