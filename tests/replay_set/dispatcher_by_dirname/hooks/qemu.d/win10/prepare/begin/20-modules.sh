#!/bin/sh
modprobe -r nvidia_drm
modprobe -r nvidia
modprobe vfio-pci
