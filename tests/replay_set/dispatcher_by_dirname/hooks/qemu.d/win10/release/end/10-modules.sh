#!/bin/sh
modprobe -r vfio-pci
modprobe nvidia
modprobe nvidia_drm
