"""Rules for every text of the project: leftovers, titles, links, words that belong to a workplace and not to a product."""

import re

# Assembled from pieces, so that this file does not find itself.
LEFTOVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
WORKPLACE = re.compile(r"(?<![\w.])/wo" r"rk/|\bissue\s+#?\d+\b|\bregistry\.npm" r"js\b", re.I)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
_LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_IMAGE = re.compile(r"<img[^>]*\bsrc=\"([^\"]+)\"")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def leftovers(name, text):
    for match in LEFTOVER.finditer(text):
        yield f"{name}:{line_of(text, match.start())}: {match.group(0)}: finish it or drop it"
    for match in WORKPLACE.finditer(text):
        yield f"{name}:{line_of(text, match.start())}: '{match.group(0)}' means nothing to a reader of the project"


def form(name, text):
    if text and not text.endswith("\n"):
        yield f"{name}:{text.count(chr(10)) + 1}: no newline at the end"
    if "\r\n" in text:
        yield f"{name}:1: CRLF line ends"
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip() and not name.endswith((".md", ".test")):
            yield f"{name}:{number}: space at the end of the line"
            return


def _blank_fences(text):
    return _FENCE.sub(lambda match: "\n" * match.group(0).count("\n"), text)


def slug(title):
    """The anchor that a heading gets."""
    title = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title.strip()).lower()
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", title))


def anchors(text):
    return {slug(title) for title in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", _blank_fences(text), re.M)}


def document(root, path, name, text):
    """One title; every relative link leads somewhere."""
    bare = _blank_fences(text)
    titles = re.findall(r"^# .+$", bare, re.M)
    if len(titles) != 1:
        yield f"{name}:1: {len(titles)} titles; a document has one"
    for match in [*_LINK.finditer(bare), *_IMAGE.finditer(bare)]:
        target = match.group(1)
        if re.match(r"[a-z][a-z0-9+.-]*:|//", target):
            continue
        file, _, anchor = target.partition("#")
        where = f"{name}:{line_of(bare, match.start())}"
        goal = (root / file.lstrip("/") if file.startswith("/") else path.parent / file) if file else path
        if not goal.exists():
            yield f"{where}: the link to {target} is dead"
        elif anchor and goal.suffix == ".md" and anchor not in anchors(goal.read_text()):
            yield f"{where}: {goal.name} has no heading '#{anchor}'"
