import json
import sys

from guesthook import network, settings


def main():
    guest, operation, phase, _ = sys.argv[1:]
    cards = network.cards(sys.stdin.buffer.read())
    path = settings.STATE % guest
    if operation == "start":
        with open(path, "w") as out:
            json.dump({"guest": guest, "cards": cards}, out, sort_keys=True)
        for card in cards:
            network.limit(card["dev"], settings.RATE)
    elif operation == "stopped":
        with open(path) as known:
            for card in json.load(known)["cards"]:
                network.unlimit(card["dev"])
    elif operation == "release":
        settings.forget(path)


main()
