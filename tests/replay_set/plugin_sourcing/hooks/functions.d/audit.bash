on_started__audit() { printf '%(%F)T %s up\n' -1 "$1" >> /var/log/libvirt/audit; }
on_stopped__audit() { printf '%(%F)T %s down\n' -1 "$1" >> /var/log/libvirt/audit; }
