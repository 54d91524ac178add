#!/bin/bash
if [[ "$2" == "start" ]]; then
  bridge_name=$(awk -F\' '/source bridge=/ {print $2; exit}')
  ip link add "$bridge_name" type bridge ageing_time 30000
  ip link set "$bridge_name" up
  echo "bridge $bridge_name up" >&2
elif [[ "$2" == "release" ]]; then
  ip link del br0
fi
