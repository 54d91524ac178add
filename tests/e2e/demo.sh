#!/usr/bin/env bash
#
# The main job in one page: example hooks are recorded while two guests start and stop, then
# read back, and a change of a hook is tried on the recorded calls. Everything is in a
# temporary folder; no libvirt is needed.
#   demo.sh BUILD_DIR
set -euo pipefail

programs=$(cd "$1/cli" && pwd)
PATH=$programs:$PATH
tmp=$(mktemp -d "${TMPDIR:-/tmp}/hookjournal-demo.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
hooks=$tmp/hooks
# In scripts' byte order, as libvirt sorts them; and the journal every command below reads.
export LC_COLLATE=C HOOKJOURNAL_JOURNAL=$tmp/journal.db

say() { printf '\n%s\n' "$*"; }

# Shows a command as it would be typed, and runs it.
try() {
  printf '\n$ %s\n' "${*//$tmp/DEMO}"
  "$@"
}

# --- example hooks and guests ----------------------------------------------------------

mkdir -p "$hooks/qemu.d"

cat >"$hooks/qemu" <<END
#!/bin/bash
# Takes a guest's memory from a pool of 16 GiB, and gives it back.
pool=$tmp/pool
END
cat >>"$hooks/qemu" <<'END'
mkdir -p "$pool"
case $2 in
  prepare)
    want=$(sed -n "s|.*<memory unit='GiB'>\([0-9]*\)<.*|\1|p")
    free=$(cat "$pool"/* 2>/dev/null | awk '{taken += $1} END {print 16 - taken}')
    if [ "$want" -gt "$free" ]; then
      echo "hugepages: guest $1 wants $want GiB, $free GiB are free" >&2
      exit 3
    fi
    echo "$want" >"$pool/$1"
    ;;
  release) rm -f "$pool/$1" ;;
esac
END

cat >"$hooks/qemu.d/10-announce" <<'END'
#!/bin/sh
# For the monitoring. libvirt shows these words nowhere but in its debug log.
echo "guest $1: $2/$3 ($4)"
END
chmod 755 "$hooks/qemu" "$hooks/qemu.d/10-announce"
cp -a "$hooks" "$tmp/hooks.before"

guest_xml() {
  cat <<END
<domain type='kvm'>
  <name>$1</name>
  <uuid>$2</uuid>
  <memory unit='GiB'>$3</memory>
  <memoryBacking><hugepages/></memoryBacking>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
</domain>
END
}
guest_xml win11 3f6c1f0e-5a0e-4d6b-9c35-0d6c8a1f7b11 12 >"$tmp/win11.xml"
guest_xml db1 8d1b9c52-7f43-4a6e-8a55-2b1f0e9d4c20 8 >"$tmp/db1.xml"

# One hook call as libvirt makes it: the driver's script, then those of its folder, each with
# the guest's XML to read and next to nothing in its environment. One failure fails the call.
call() {
  local script failed=0
  for script in "$hooks/qemu" "$hooks"/qemu.d/*; do
    env -i LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin "$script" "$@" \
      <"$tmp/$1.xml" >/dev/null 2>>"$tmp/libvirt.log" || failed=1
  done
  return $failed
}

# --- recording -------------------------------------------------------------------------

say "Two hook scripts are to be recorded from now on:"
try hookjournal install --hooks-dir "$hooks" --journal "$tmp/journal.db" \
  --hook "$programs/hookjournal-hook"
try head -n 1 "$hooks/qemu"

say "libvirt starts the guest win11, and the guest db1 while win11 runs; then win11 ends."
call win11 prepare begin -
call win11 start begin -
call win11 started begin -
if call db1 prepare begin -; then
  echo "demo: db1 was to be refused" >&2
  exit 1
fi
call db1 stopped end -
call db1 release end failed
call win11 stopped end -
call win11 release end shutdown

# --- reading back ----------------------------------------------------------------------

say "What did the hooks do?"
try hookjournal log

say "Why did db1 not start?"
try hookjournal log --object db1 --outcome failed
failed=$(hookjournal log --outcome failed --last 1 --json | sed -n 's/^{"id":\([0-9]*\),.*/\1/p')
try hookjournal show "$failed"

say "Is everything recorded that should be?"
try hookjournal status --hooks-dir "$hooks"

say "Taken out again, the scripts are what they were:"
try hookjournal uninstall --hooks-dir "$hooks"
diff -r "$tmp/hooks.before" "$hooks" && echo "no difference"

# --- trying a change -------------------------------------------------------------------

cp -a "$tmp/hooks.before" "$tmp/hooks.new"
# shellcheck disable=SC2016  # the hook's own words
sed -i 's|>"$pool/$1"|>"$pool/$1.GiB"|' "$tmp/hooks.new/qemu"

say "The pool's files are to say their unit. Somebody changes the line that writes them:"
try diff "$hooks/qemu" "$tmp/hooks.new/qemu" || true

# What a sandbox takes: namespaces with a /proc of their own, as root or as a user who may.
new=(unshare --mount --net --pid --fork --mount-proc)
if ! "${new[@]}" true 2>/dev/null && ! "${new[@]}" --user --map-root-user true 2>/dev/null; then
  say "Trying that on the recorded calls takes a sandbox, and this user may not make one here:"
  say "run the demo as root (of a container: README.md, \"In a container\") to see it."
  exit 0
fi

say "All scripts still exit with 0 and print what they printed. What is different for win11?"
try hookjournal replay --object win11 --scripts "$tmp/hooks.new" |
  sed "s|$tmp|DEMO|g" | tee "$tmp/report" || found=$?
if [ "${found:-0}" != 1 ] || ! grep -q "other things are left behind" "$tmp/report"; then
  echo "demo: the replay was to find a file that stays, and to exit with 1" >&2
  exit 1
fi
say "The line that removes them was forgotten: after each guest a file stays, and its memory
with it. The next guests would be refused."
