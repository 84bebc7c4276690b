"""What the CMakeLists declare: the modules of src/, what each depends on, and every source that some target names."""

import functools
import os
import pathlib
import re

_KEYWORDS = {"NAME", "DEPS", "LIBS", "PRIVATE_LIBS", "SOURCES", "TESTS", "TEST_DEPS", "TEST_LIBS"}


class Module:
    def __init__(self, name, cmake_file, line, deps):
        self.name = name
        self.cmake_file = cmake_file
        self.line = line
        self.deps = deps


def cmake_files(root):
    for top in ("CMakeLists.txt", "cmake", "src", "tests", "fuzz", "bench", "examples"):
        path = root / top
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from sorted(path.rglob("CMakeLists.txt"))
            yield from sorted(path.rglob("*.cmake"))


@functools.cache
def cmake_text(path):
    """The file without its comments; line numbers are kept."""
    return re.sub(r"#[^\n]*", "", path.read_text())


def modules(root):
    """Every attune_module(...) under src/, by name."""
    found = {}
    for path in cmake_files(root):
        text = cmake_text(path)
        for call in re.finditer(r"\battune_module\s*\(([^)]*)\)", text):
            fields, current = {}, None
            for word in call.group(1).split():
                if word in _KEYWORDS:
                    current = fields.setdefault(word, [])
                elif current is not None:
                    current.append(word)
            if fields.get("NAME"):
                name = fields["NAME"][0]
                line = text.count("\n", 0, call.start()) + 1
                found[name] = Module(name, path, line, fields.get("DEPS", []))
    return found


def owner(path_in_src, names):
    """The module whose folder holds this file: the longest name that is a prefix."""
    folder = pathlib.PurePosixPath(path_in_src).parent
    while str(folder) != ".":
        if str(folder) in names:
            return str(folder)
        folder = folder.parent
    return None


def named_sources(root):
    """Absolute paths that a CMakeLists may mean by the source names in it."""
    named = set()
    for path in cmake_files(root):
        folder = path.parent
        for token in re.findall(r"[\w${}/.+-]+\.(?:cpp|cc|c)\b", cmake_text(path)):
            tail = re.sub(r"\$\{[^}]*\}/?", "", token)
            named.update((folder / tail, root / tail))
            if (root / "src") in (folder, *folder.parents):
                named.add(pathlib.Path(os.path.normpath(root / "tests" / folder.relative_to(root / "src") / tail)))
        for kind, name in re.findall(r"\battune_(fuzz|bench)\s*\(\s*NAME\s+(\w+)", cmake_text(path)):
            named.add(root / kind / f"{name}_{kind}.cpp")
    return named
