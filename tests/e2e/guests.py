"""The guests and networks that the cases define, as libvirt's XML.

UUIDs and addresses are fixed: what a script reads then differs between two runs of a case
only in what libvirt itself makes up.
"""

from uuid import NAMESPACE_DNS, UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

MAC = "52:54:00:00:00:01"


def uuid_of(name: str) -> UUID:
    return uuid5(NAMESPACE_DNS, name)


def guest(
    name: str = "g1", *, title: str = "", description: str = "", devices: str = ""
) -> str:
    """64 MiB, no disk, up in a fraction of a second."""
    return f"""\
<domain type='qemu'>
  <name>{escape(name)}</name>
  <uuid>{uuid_of(name)}</uuid>
  <title>{escape(title or name)}</title>
  <description>{escape(description)}</description>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    {devices}
  </devices>
</domain>
"""


def nic(network: str, mac: str = MAC) -> str:
    return f"""\
<interface type='network'>
  <mac address='{mac}'/>
  <source network={quoteattr(network)}/>
  <model type='e1000'/>
  <rom enabled='no'/>
</interface>"""


def console(password: str) -> str:
    return f"<graphics type='vnc' autoport='yes' passwd={quoteattr(password)}/>"


def network(name: str = "n1") -> str:
    """Mode `open`: libvirt then leaves the packet filter alone."""
    return f"""\
<network>
  <name>{escape(name)}</name>
  <uuid>{uuid_of(name)}</uuid>
  <forward mode='open'/>
  <bridge name='virbr7' stp='off' delay='0'/>
  <mac address='52:54:00:00:07:00'/>
  <ip address='192.0.2.1' netmask='255.255.255.0'>
    <dhcp><range start='192.0.2.100' end='192.0.2.199'/></dhcp>
  </ip>
</network>
"""
