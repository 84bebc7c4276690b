"""Rules for C++ sources: what is banned and what to use instead, lengths, heavy headers."""

import functools
import re

FILE_LINES_WARN, FILE_LINES_MAX = 400, 800
FUNCTION_LINES_WARN, FUNCTION_LINES_MAX = 70, 110

# (name, pattern over code without comments and strings, what to do instead, where it is allowed)
BANNED = [
    ("std_regex", r"\bstd::(w?regex|regex_\w+)\b", "RE2: std::regex crashes on long input", ()),
    ("rand", r"(?<![\w.>:])s?rand\s*\(", "base::Random, passed in", ()),
    ("random_device", r"\bstd::(random_device|mt19937(_64)?)\b", "base::Random, passed in", ("src/base/random.cpp", "tests/", "bench/", "fuzz/")),
    ("unsafe_string", r"(?<![\w.>:])(std::)?(strcpy|strcat|sprintf|vsprintf|gets|strtok)\s*\(", "std::string or std::to_chars", ()),
    ("number_parsing", r"\b(std::sto(i|l|ll|ul|ull|f|d)|(std::)?ato(i|l|ll|f)|(std::)?strto(d|l|ul|ll|ull))\s*\(", "std::from_chars: no locale, no exceptions", ("tests/", "bench/")),
    ("system", r"(?<![\w.>:])(std::)?(system|popen)\s*\(", "nothing: do not start a shell", ("tests/",)),
    ("detach", r"\.detach\s*\(\s*\)", "join it: a detached thread outlives what it uses", ("tests/",)),
    ("wall_clock", r"\b(system_clock::now|gettimeofday|clock_gettime)\b|(?<![\w.>:])(std::)?time\s*\(\s*(nullptr|NULL|0|&)", "base::Clock, passed in", ("src/base/time.cpp", "tests/", "bench/")),
    ("steady_clock", r"\bsteady_clock::now\b", "base::Clock::steady_now(), passed in", ("src/base/time.cpp", "tests/", "bench/")),
    ("getenv", r"(?<![\w.>])(std::)?(secure_)?getenv\s*\(", "settings, read in src/app", ("src/app/", "tests/", "bench/", "examples/")),
    ("printing", r"\bstd::(cout|cerr|clog)\b|(?<![\w.>:])(std::)?(f?printf|puts|putchar)\s*\(", "a Result, or a log line from src/app: libraries do not print", ("src/app/", "src/base/result.cpp", "tests/", "bench/", "fuzz/", "examples/")),
    ("exit", r"(?<![\w.>:])(std::)?(exit|_Exit|quick_exit)\s*\(", "a Result: libraries do not exit", ("src/app/", "tests/", "bench/", "fuzz/", "examples/")),
    ("missing_header", r"#\s*include\s*<(format|print|generator|mdspan|regex)>", "it is not in libstdc++ 12 (or banned)", ()),
    ("atomic_shared_ptr", r"\bstd::atomic<\s*std::shared_ptr", "base/snapshot.h: libstdc++ 12's is flagged by ThreadSanitizer", ()),
    ("plain_hash", r"\bstd::unordered_(map|set)<\s*std::string(_view)?\s*(,\s*[^<>,]+)?>", "a seeded keyed hash (base/keyed_hash.h): crafted keys make this one quadratic", ("tests/", "bench/")),
    ("any_io_executor", r"\bany_io_executor\b", "io_context::executor_type: the erased one costs 10 µs a request", ("tests/",)),
]
BANNED = [(name, re.compile(pattern), instead, allowed) for name, pattern, instead, allowed in BANNED]

HEAVY = re.compile(r"^\s*#\s*include\s*<((?:boost/(?:asio|beast|json|url)|rocksdb|openssl|spdlog|CLI|toml\+\+)[/.][^>]*|simdjson\.h)>", re.M)
_INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
_NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
_DIGIT_SEPARATOR = re.compile(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])")
_LAST_WORDS = re.compile(r"(?:^|[;{}])[^;{}]*$", re.S)
_NOT_FUNCTION = re.compile(
    r"\b(namespace|class|struct|enum|union|if|else|for|while|switch|catch|do|extern|requires)\b|[=,(]\s*$|\]\s*$|\breturn\b")


@functools.cache
def text_of(path):
    return path.read_text(errors="replace")


@functools.cache
def code_of(path):
    """The text with comments and literals blanked, newlines kept; includes stay readable."""
    def blank(match):
        body = match.group(0)
        line_start = text.rfind("\n", 0, match.start()) + 1
        if text[line_start:match.start()].lstrip().startswith("#"):
            return body if body.startswith('"') else ""
        keep = '""' if body[0] in "\"'R" else " "
        return keep + "\n" * body.count("\n")
    text = _DIGIT_SEPARATOR.sub("", text_of(path))
    return _NOISE.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def excused(path, line, rule):
    """A line may carry "tidy-ok(rule): reason", itself or in a comment line right above."""
    lines = text_of(path).split("\n")
    mark = f"tidy-ok({rule}): "
    return any(mark in lines[at] for at in (line - 1, line - 2) if 0 <= at < len(lines))


def banned_calls(path, name):
    code = code_of(path)
    for rule, pattern, instead, allowed in BANNED:
        if any(name.startswith(place) for place in allowed):
            continue
        for match in pattern.finditer(code):
            line = line_of(code, match.start())
            if not excused(path, line, rule):
                yield f"{name}:{line}: {match.group(0).strip()} ({rule}): use {instead}"


def _function_spans(code):
    """(first line, last line) of outermost function bodies, found by braces."""
    opened, inside = [], 0  # opened: (is_function, start offset)
    for match in re.finditer(r"[{}]", code):
        at = match.start()
        if match.group(0) == "{":
            before = code[max(0, at - 600):at]
            head = _LAST_WORDS.search(before).group(0).lstrip(";{}").strip()
            function = (not inside and ")" in head and not _NOT_FUNCTION.search(head.split(")")[-1])
                        and not re.match(r"(namespace|class|struct|enum|union|extern)\b", head))
            opened.append((function, at))
            inside += function
        elif opened:
            function, start = opened.pop()
            if function:
                inside -= 1
                yield line_of(code, start), line_of(code, at)


def lengths(path, name):
    """(findings, warnings)"""
    code = code_of(path)
    lines = code.count("\n") + 1
    problems, warnings = [], []
    if lines > FILE_LINES_MAX:
        problems.append(f"{name}:1: {lines} lines; {FILE_LINES_MAX} is the most: split it by what it does")
    elif lines > FILE_LINES_WARN:
        warnings.append(f"{name}:1: {lines} lines; past {FILE_LINES_WARN} look again whether it is one thing")
    for first, last in _function_spans(code):
        length = last - first + 1
        if length > FUNCTION_LINES_MAX and not excused(path, first, "length"):
            problems.append(f"{name}:{first}: a function of {length} lines; {FUNCTION_LINES_MAX} is the most")
        elif length > FUNCTION_LINES_WARN:
            warnings.append(f"{name}:{first}: a function of {length} lines; it should fit a screen")
    return problems, warnings


def header_form(path, name):
    if path.suffix == ".h" and "#pragma once" not in text_of(path):
        yield f"{name}:1: no #pragma once"
    if path.suffix == ".h" and not text_of(path).startswith("//"):
        yield f"{name}:1: a header opens with what it is, in a comment"
    if path.suffix == ".cpp" and name.startswith("src/") and path.with_suffix(".h").exists():
        first = _INCLUDE.search(code_of(path))
        own = name.removeprefix("src/").removesuffix(".cpp") + ".h"
        if first is None or first.group(1) != own:
            yield f'{name}:1: include "{own}" first, so that the header proves it stands alone'


def heavy_headers(root, sources, owner_of):
    """Headers that other modules include must not bring Asio, RocksDB and the like with them."""
    includes, heavy, told = {}, {}, set()
    for path in sources:
        name = path.relative_to(root).as_posix()
        code = code_of(path)
        includes[name] = ["src/" + target for target in _INCLUDE.findall(code) if (root / "src" / target).exists()]
        found = HEAVY.search(code)
        if found and path.suffix == ".h":
            heavy[name] = (found.group(1), line_of(code, found.start(1)))
    for name, targets in sorted(includes.items()):
        if not name.startswith("src/"):
            continue
        seen, todo = set(), [(target, target) for target in targets]
        while todo:
            target, via = todo.pop()
            if target in seen:
                continue
            seen.add(target)
            if target in heavy and owner_of(name) != owner_of(target):
                library, line = heavy[target]
                if target not in told and not excused(root / target, line, "heavy"):
                    told.add(target)
                    yield f"{target}:{line}: <{library}> reaches another module through this header ({name} includes {via})"
            todo.extend((next_, via) for next_ in includes.get(target, []))
