#!/bin/sh
systemctl stop display-manager.service
systemctl set-property --runtime -- user.slice AllowedCPUs=0-1
systemctl set-property --runtime -- system.slice AllowedCPUs=0-1
