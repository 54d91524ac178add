fw() { iptables "$@" -m comment --comment "hook:$guest"; }
on_start__firewall() {
  local guest=$1
  fw -A FORWARD -d 192.168.122.41 -p icmp -j ACCEPT
  fw -A FORWARD -d 192.168.122.41 -p tcp -m multiport --dports 80,443 -j ACCEPT
}
on_stopped__firewall() {
  local guest=$1 line
  iptables -S FORWARD | grep -- "hook:$guest" | sed 's/^-A/-D/' | while read -r line; do
    eval "iptables $line"
  done
}
