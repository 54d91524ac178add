#!/usr/bin/env bash
#
# The Debian package is installed, upgraded and removed while hooks are being called without a
# pause. No call fails, none is lost, and the scripts come out as they went in.
#   package_test.sh BUILD_DIR       (root; 77: skipped)
#
# All of it happens in an overlay over this machine's own file system, in mount and pid
# namespaces of its own: the real dpkg with the real libraries, and nothing of it stays.
set -euo pipefail

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

skip() {
  [ -z "${CI:-}" ] || fail "must not be skipped here: $*"
  echo "skipped: $*"
  exit 77
}

# --- outside: two packages and an overlay ----------------------------------------------

outside() {
  [ "$(id -u)" = 0 ] || skip "only root can mount an overlay"
  build=$(cd "$1" && pwd)
  self=$(realpath "$0")
  readme=$(dirname "$self")/../../README.md
  tmp=$(mktemp -d "${TMPDIR:-/tmp}/hookjournal-package.XXXXXX")
  trap 'rm -rf --one-file-system "$tmp"' EXIT
  export build self readme tmp
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare --mount --pid --fork --kill-child --propagation private bash -euc '
    # Of a fixed size, for a recorder that sees too little of it free only counts calls.
    mount -t tmpfs -o size=4g,mode=755 tmpfs "$tmp"
    mkdir "$tmp/root"
    for directory in / /etc /usr /var /var/lib; do
      [ "$directory" = / ] || mountpoint -q "$directory" || continue
      layer=$tmp/layer${directory//\//.}
      mkdir "$layer" "$layer/upper" "$layer/work"
      mount -t overlay -o "lowerdir=$directory,upperdir=$layer/upper,workdir=$layer/work" \
        overlay "$tmp/root$directory"
    done
    mount -t proc proc "$tmp/root/proc"
    mount --rbind /dev "$tmp/root/dev"
    mount -t tmpfs -o mode=755 tmpfs "$tmp/root/run"
    mkdir "$tmp/root/run/test"
    cd "$tmp/root/run/test"

    cpack --config "$build/CPackConfig.cmake" -B "$tmp/packages" >cpack.log || {
      cat cpack.log
      exit 1
    }
    mv "$tmp"/packages/*.deb now.deb
    dpkg-deb -c now.deb >contents
    DESTDIR=$tmp/installed cmake --install "$build" --prefix /usr >install.log
    (cd "$tmp/installed" && find . ! -type d | sort) >installed
    # The next version: the same programs in new files, as an upgrade brings them.
    dpkg-deb -R now.deb next
    sed -i "/^Version:/s/\$/+next/" next/DEBIAN/control
    dpkg-deb -Znone --root-owner-group -b next next.deb >/dev/null

    cp "$self" test.sh
    cp "$readme" README.md
    exec chroot "$tmp/root" /run/test/test.sh --inside'
}

# --- inside: hooks, and somebody who calls them ----------------------------------------

hooks=/etc/libvirt/hooks
timer=/etc/systemd/system/timers.target.wants/hookjournal-maintain.timer

write_hooks() {
  rm -rf "$hooks" /var/lib/hookjournal
  mkdir -p "$hooks/qemu.d" /opt/site
  cat >"$hooks/qemu" <<'END'
#!/bin/sh
cat >/dev/null
echo "$0 $1" >>/run/test/ran
END
  cat >"$hooks/qemu.d/10 bash" <<'END'
#! /bin/bash -e
echo "$0 $1" >>/run/test/ran
END
  # Slow, so that each change of the package meets one at work; and a link out of the tree,
  # which is recorded through a launcher.
  cat >/opt/site/network <<'END'
#!/bin/sh
sleep 0.1
echo "/etc/libvirt/hooks/network $1" >>/run/test/ran
END
  chmod 755 "$hooks/qemu" "$hooks/qemu.d/10 bash" /opt/site/network
  ln -s /opt/site/network "$hooks/network"
  echo "setting=1" >"$hooks/qemu.conf"
}

# The hooks directory with everything a script's owner may care about; our folder apart.
tree() {
  cd "$hooks"
  find . -mindepth 1 -path ./hookjournal -prune -o \
    ! -type d -printf "%p %y %m %U:%G %l ${1:-}\n" | sort
  find . -path ./hookjournal -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
  cd /run/test
}

has_words() { head -n 1 "$1" | grep -q '^#!/usr/bin/hookjournal-hook '; }

journal=/var/lib/hookjournal/journal.db

schema_version() {
  python3 -c 'import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("pragma user_version").fetchone())' $journal
}

# The journal as the version before schema 3 left it; in `version` what it was.
make_older() {
  version=$(schema_version)
  python3 -c 'import sqlite3, sys
sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None).executescript(
    "drop trigger events_are_never_replaced; pragma user_version = 2")' $journal
  [ "$(schema_version)" = 2 ] || fail "the journal was not made older"
}

# call_forever NAME SCRIPT...: the scripts of one driver, as libvirt calls them, each call for
# an object of its own; in `NAME.calls` how many calls have ended.
call_forever() {
  local name=$1 n=0 script status
  shift
  until [ -e stop ]; do
    n=$((n + 1))
    for script; do
      status=0
      env -i LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin "$hooks/$script" \
        "$name-$n" start begin - <guest.xml >/dev/null 2>>errors || status=$?
      echo "$hooks/$script $name-$n" >>called
      [ $status = 0 ] || echo "$hooks/$script $name-$n: status $status" >>failed
    done
    echo $n >"$name.calls.new"
    mv "$name.calls.new" "$name.calls"
  done
}

callers=(red blue net)

# mark FILE: notes for each caller the last call that has ended.
mark() {
  local name
  for name in "${callers[@]}"; do echo "$name $(cat "$name.calls")"; done >"$1"
}

# Lets every caller end at least two more calls.
let_some_pass() {
  local name before
  for name in "${callers[@]}"; do
    before=$(cat "$name.calls" 2>/dev/null || echo 0)
    until [ "$(cat "$name.calls" 2>/dev/null || echo 0)" -ge $((before + 2)) ]; do sleep 0.05; done
  done
}

# Every call between two marks is in the journal, whole and well.
check_journal() {
  # Takes in what waits beside the journal: with both cores busy, a run may be late for it.
  ./hookjournal maintain
  ./hookjournal log --json >log.json
  python3 - "$1" "$2" <<'END'
import collections, json, sys
first, last = ({name: int(n) for name, n in map(str.split, open(file))} for file in sys.argv[1:])
found = collections.Counter()
for line in open("log.json"):
    call = json.loads(line)
    runs = [(run["path"], run["ending"]) for run in call["scripts"]]
    want = ["network"] if call["object"].startswith("net") else ["qemu", "qemu.d/10 bash"]
    if runs == [(path, {"exited": 0}) for path in want] and call["outcome"] == "ok":
        found[call["object"]] += 1
want = [f"{name}-{n}" for name in first for n in range(first[name] + 1, last[name] + 1)]
wrong = [object for object in want if found[object] != 1]
print(f"{len(want)} calls to be in the journal, {len(wrong)} are not as they should be")
sys.exit(1 if wrong or not want else 0)
END
}

inside() {
  cd /run/test
  # An index of all man pages anew at each step takes longer than all else.
  rm -f /var/lib/man-db/auto-update
  ! dpkg -s hookjournal >/dev/null 2>&1 || dpkg -P hookjournal
  write_hooks
  echo "<domain type='kvm'><name>guest</name></domain>" >guest.xml
  tree %T@ >tree.before
  tree >tree.before.without_times
  call_forever red qemu "qemu.d/10 bash" &
  call_forever blue qemu "qemu.d/10 bash" &
  call_forever net network &
  let_some_pass

  echo "--- what is in the package"
  local file
  for file in bin/hookjournal bin/hookjournal-hook libexec/hookjournal/hookjournal-sandbox \
    libexec/hookjournal/hookjournal-stand-in \
    share/man/man1/hookjournal.1.gz share/man/man8/hookjournal-hook.8.gz \
    share/man/man5/hookjournal-journal.5.gz share/bash-completion/completions/hookjournal \
    share/zsh/vendor-completions/_hookjournal share/fish/vendor_completions.d/hookjournal.fish \
    share/hookjournal/apparmor/hookjournal; do
    grep -q " root/root .* \./usr/$file$" contents || fail "no /usr/$file in the package"
  done
  awk '!/^d/ { print $6 }' contents | sort | diff - installed ||
    fail "the package has other files than \`cmake --install\` gives"

  echo "--- install the package"
  dpkg -i now.deb
  tree %T@ | diff tree.before - || fail "installing the package changed the hooks"
  [ ! -e /var/lib/hookjournal ] || fail "installing the package created a journal"
  [ -L "$timer" ] || fail "the timer is not enabled"

  echo "--- install the recorder"
  hookjournal install
  has_words "$hooks/qemu" || fail "the recorder's words are not in qemu"
  let_some_pass
  mark recorded_from

  echo "--- upgrade the package"
  make_older
  dpkg -i next.deb
  has_words "$hooks/qemu" || fail "the upgrade took the recorder's words out"
  [ "$(schema_version)" = "$version" ] || fail "the upgrade did not migrate the journal"
  let_some_pass

  echo "--- a removal that cannot take the words out"
  mv /usr/bin/hookjournal aside
  printf '#!/bin/sh\necho "out of order" >&2\nexit 3\n' >/usr/bin/hookjournal
  chmod 755 /usr/bin/hookjournal
  ! dpkg -r hookjournal 2>refusal || fail "removed with the words still in the scripts"
  grep -q "not removed.*first line" refusal || fail "the refusal does not say why"
  grep -q " $hooks/qemu.d/10 bash$" refusal || fail "the refusal names no script"
  [ -x /usr/bin/hookjournal-hook ] || fail "the recorder is gone"
  mv aside /usr/bin/hookjournal
  let_some_pass

  echo "--- remove the package"
  cp /usr/bin/hookjournal .
  mark recorded_to
  dpkg -r hookjournal
  [ ! -e /usr/bin/hookjournal-hook ] || fail "the recorder is still there"
  tree %T@ | diff tree.before - || fail "the hooks are not what they were"
  let_some_pass
  touch stop
  wait
  [ ! -e failed ] || fail "calls failed:"$'\n'"$(head -n 20 failed errors)"
  sort ran >ran.sorted
  sort called | diff - ran.sorted || fail "not every script ran exactly once"
  check_journal recorded_from recorded_to || fail "calls are missing in the journal"

  echo "--- take the words out without the program"
  dpkg -i now.deb
  # Nobody calls this one: it is only there to be given back.
  odd="$hooks/qemu.d/20"$'\n'"odd"
  cp "$hooks/qemu.d/10 bash" "$odd"
  tree >tree.before.without_times
  hookjournal install
  has_words "$odd" || fail "a name with a newline is not recorded"
  hookjournal install --driver lxc
  has_words "$hooks/network" || fail "no launcher stands in for network"
  has_words "$hooks/lxc" || fail "the driver lxc is not watched"
  rm /usr/bin/hookjournal /usr/bin/hookjournal-hook
  # What the README says, to the letter.
  sed -n '/^### Without the program/,/^#\{1,3\} /{/^    /s///p}' README.md >by_hand.sh
  [ -s by_hand.sh ] || fail "README does not say how"
  sh -eu by_hand.sh
  tree | diff tree.before.without_times - || fail "the hooks are not what they were"

  echo "--- purge the package"
  dpkg -P hookjournal | tee purge
  grep -q "/var/lib/hookjournal is kept" purge || fail "nobody told that the journal is kept"
  [ -e /var/lib/hookjournal/journal.db ] || fail "the journal is gone"
  [ ! -L "$timer" ] || fail "the timer is still enabled"
  [ ! -e "$hooks/hookjournal" ] || fail "our folder is still there: $(ls -A $hooks/hookjournal)"
}

case ${1:-} in
  --inside) inside ;;
  *) outside "$1" ;;
esac
