"""Compares what two legs of a fixture did. What two unchanged legs disagree on is noise."""
import re

MASKS = [(re.compile(p), r) for p, r in [
    (r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:\d+ +)?(?:[A-Z][a-z]{2}) +(?:\d+ +)?[\d:]{8} +(?:[AP]M +)?(?:[A-Z+\d]+ +)?\d{4}", "DATE"),
    (r"\b20\d\d[-/]?\d\d[-/]?\d\d(?:[T_ -]?\d\d:?\d\d:?\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?", "DATE"),
    (r"\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\b", "DATE"),
    (r"(?<![:\w])\d\d:\d\d:\d\d(?:[.,]\d+)?(?![:\w])", "TIME"),
    (r"\b1[789]\d{8}(?:\.\d+)?\b", "EPOCH"),
    (r"((?:/tmp|/run|/var)/[\w/.-]*?[._-])(?=[A-Za-z0-9]*[A-Z0-9])[A-Za-z0-9]{6,10}\b", r"\1TEMPORARY"),
]]
TOKEN = re.compile(r"\w+|\W")
FIELDS = ("answer", "ending", "output", "commands", "files", "network", "stderr", "stdout")


def masked(text):
    for pattern, by in MASKS:
        text = pattern.sub(by, text)
    return text


def template(one, other):
    """Lines; a list of tokens with None where the two disagree, or None for a whole line."""
    a, b = masked(one).split("\n"), masked(other).split("\n")
    if len(a) != len(b):
        return None
    lines = []
    for x, y in zip(a, b):
        p, q = TOKEN.findall(x), TOKEN.findall(y)
        lines.append([s if s == t else None for s, t in zip(p, q)] if len(p) == len(q) else None)
    return lines


def fits(lines, text):
    if lines is None:
        return True
    found = masked(text).split("\n")
    if len(found) != len(lines):
        return False
    for want, line in zip(lines, found):
        if want is None:
            continue
        tokens = TOKEN.findall(line)
        if len(tokens) != len(want) or any(w is not None and w != t for w, t in zip(want, tokens)):
            return False
    return True


def places(call, field):
    """Of one field: place -> text. Names of places are masked too."""
    value = call[field]
    if isinstance(value, str):
        return {"": value}
    if isinstance(value, list):
        return {"": "\n".join(value)}
    return {masked(k): v for k, v in value.items()}


def learn_places(a, b):
    return {p: template(a[p], b[p]) if p in a and p in b else None for p in a.keys() | b.keys()}


def learn(one, other):
    calls = [{f: learn_places(places(x, f), places(y, f)) for f in FIELDS}
             for x, y in zip(one["calls"], other["calls"])]
    remains = {f: learn_places(places(one["remains"], f), places(other["remains"], f))
               for f in ("files", "network", "running")}
    return {"calls": calls, "remains": remains}


def differing(noise, found):
    return sorted(p for p in noise.keys() | found.keys()
                  if p not in noise or (noise[p] is not None and p not in found)
                  or (p in found and not fits(noise[p], found[p])))


def first_difference(noise, leg):
    for index, (want, call) in enumerate(zip(noise["calls"], leg["calls"])):
        fields = {f: d for f in FIELDS if (d := differing(want[f], places(call, f)))}
        if fields:
            return index, fields
    return None


def leaks(noise, leg):
    return {f: d for f in noise["remains"]
            if (d := differing(noise["remains"][f], places(leg["remains"], f)))}
