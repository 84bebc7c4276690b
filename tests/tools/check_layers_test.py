"""The layer check must fail on small trees that break each of its rules, and pass one that keeps them."""

import pathlib
import subprocess
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools/check_layers"

GOOD = {
    "CMakeLists.txt": "project(x)\n",
    "src/base/CMakeLists.txt": "attune_module(NAME base SOURCES a.cpp)\n",
    "src/base/a.h": "#pragma once\n",
    "src/base/a.cpp": '#include "base/a.h"\n',
    "src/store/CMakeLists.txt": "attune_module(\n    NAME store\n    DEPS base\n    SOURCES s.cpp)\n",
    "src/store/s.h": '#pragma once\n#include "base/a.h"\n',
    "src/engine/track/CMakeLists.txt": "attune_module(NAME engine/track DEPS store)\n",
    "src/engine/track/t.h": '#include "base/a.h"\n#include "store/s.h"\n',
    "src/http/CMakeLists.txt": "attune_module(NAME http DEPS base)\n",
    "include/attune/r.h": "#include <string>\n#include <attune/q.h>\n",
}


def check(changes):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**GOOD, **changes}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run([TOOL, root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


class CheckLayers(unittest.TestCase):
    def refuses(self, changes, place, word):
        code, said = check(changes)
        self.assertEqual(code, 1, said)
        self.assertTrue(any(line.startswith(place) and word in line for line in said.splitlines()), said)

    def test_a_tree_that_keeps_the_rules_passes(self):
        code, said = check({})
        self.assertEqual((code, said), (0, ""))

    def test_an_include_needs_a_declared_dependency(self):
        self.refuses({"src/http/h.h": '#pragma once\n\n#include "store/s.h"\n'}, "src/http/h.h:3", "'store'")

    def test_an_include_from_a_higher_floor_is_refused(self):
        self.refuses({"src/base/b.h": '#include "store/s.h"\n'}, "src/base/b.h:1", "'store'")

    def test_store_and_http_do_not_know_each_other_even_when_declared(self):
        self.refuses({"src/http/CMakeLists.txt": "attune_module(NAME http DEPS base store)\n"},
                     "src/http/CMakeLists.txt:1", "must not depend on 'store'")

    def test_the_engine_never_depends_on_http(self):
        self.refuses({"src/engine/track/CMakeLists.txt": "# comment\nattune_module(NAME engine/track DEPS store http)\n"},
                     "src/engine/track/CMakeLists.txt:2", "'http'")

    def test_profile_must_not_depend_on_track(self):
        self.refuses({"src/engine/profile/CMakeLists.txt": "attune_module(NAME engine/profile DEPS engine/track)\n"},
                     "src/engine/profile/CMakeLists.txt:1", "'engine/track'")

    def test_a_dependency_that_nobody_declares_is_refused(self):
        self.refuses({"src/http/CMakeLists.txt": "attune_module(NAME http DEPS base domain)\n"},
                     "src/http/CMakeLists.txt:1", "no CMakeLists declares")

    def test_a_folder_without_a_floor_is_refused(self):
        self.refuses({"src/utils/CMakeLists.txt": "attune_module(NAME utils)\n"}, "src/utils/CMakeLists.txt:1", "no floor")

    def test_a_public_header_uses_the_standard_library_only(self):
        self.refuses({"include/attune/e.h": '#include <boost/json.hpp>\n'}, "include/attune/e.h:1", "boost")


if __name__ == "__main__":
    unittest.main()
