import subprocess
import xml.etree.ElementTree as ET


def cards(xml):
    found = []
    for interface in ET.fromstring(xml).iter("interface"):
        target = interface.find("target")
        mac = interface.find("mac").get("address")
        if target is not None:
            found.append({"dev": target.get("dev"), "mac": mac.lower()})
    return found


def limit(dev, rate):
    subprocess.run(["ip", "tuntap", "add", "dev", dev, "mode", "tap"], stderr=subprocess.DEVNULL)
    subprocess.run(["tc", "qdisc", "replace", "dev", dev, "root", "handle", "1:", "tbf",
                    "rate", rate, "burst", "32k", "latency", "50ms"], stderr=subprocess.DEVNULL)


def unlimit(dev):
    subprocess.run(["tc", "qdisc", "del", "dev", dev, "root"], stderr=subprocess.DEVNULL)
