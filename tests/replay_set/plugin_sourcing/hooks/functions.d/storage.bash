on_prepare__storage() {
  [ -b "/dev/vg0/$1-root" ] || lvchange -ay "vg0/$1-root"
}
on_release__storage() { lvchange -an "vg0/$1-root"; }
