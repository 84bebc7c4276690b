"""Each rule of tools/tidy finds what it is there to find, and leaves the rest alone."""

import pathlib
import subprocess
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools/tidy"

GOOD = {
    "CMakeLists.txt": "project(x)\n",
    "README.md": "# Title\n\nSee [the guide](docs/guide.md#second-part).\n",
    "docs/guide.md": "# Guide\n\n## Second part\n",
    "src/base/README.md": "# base\n",
    "src/base/CMakeLists.txt": "attune_module(NAME base SOURCES a.cpp TESTS a_test.cpp)\n",
    "src/base/a.h": "// A thing.\n#pragma once\n",
    "src/base/a.cpp": '#include "base/a.h"\n\n// rand() and std::regex in a comment are fine.\nconst char* text = "std::regex rand()";\n',
    "tests/base/a_test.cpp": "int x;\n",
}
A = '#include "base/a.h"\n'


def tidy(changes):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**GOOD, **changes}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run([TOOL, root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


class Tidy(unittest.TestCase):
    def refuses(self, changes, place, word):
        code, said = tidy(changes)
        self.assertEqual(code, 1, said)
        self.assertTrue(any(line.startswith(place) and word in line for line in said.splitlines()), said)

    def test_a_tidy_tree_passes(self):
        code, said = tidy({})
        self.assertEqual(code, 0, said)

    def test_banned_calls_are_named_with_their_replacement(self):
        for call, instead in (("int x = rand();", "base::Random"), ("std::regex r;", "RE2"), ("strcpy(a, b);", "std::string"),
                              ("thread.detach();", "join"), ("auto t = std::chrono::system_clock::now();", "base::Clock"),
                              ("auto e = std::getenv(name);", "src/app"), ("std::cout << 1;", "do not print"),
                              ("auto n = std::stoi(text);", "from_chars"), ("std::unordered_map<std::string, int> m;", "keyed"),
                              ("system(command);", "shell")):
            self.refuses({"src/base/a.cpp": A + "void f() {\n    " + call + "\n}\n"}, "src/base/a.cpp:3", instead)

    def test_a_line_may_excuse_itself_with_a_reason(self):
        code, said = tidy({"src/base/a.cpp": A + "// tidy-ok(rand): the planted weakness of a test.\nint x = rand();\n"})
        self.assertEqual(code, 0, said)

    def test_a_long_function_is_refused(self):
        body = "    int x;\n" * 120
        self.refuses({"src/base/a.cpp": A + "namespace a {\nvoid f(int a,\n       int b) {\n" + body + "}\n}\n"},
                     "src/base/a.cpp:4", "function of 122 lines")

    def test_a_long_file_is_refused(self):
        self.refuses({"src/base/a.cpp": A + "int x;\n" * 900}, "src/base/a.cpp:1", "800")

    def test_a_file_that_no_target_names_is_refused(self):
        self.refuses({"tests/base/dead_test.cpp": "int x;\n"}, "tests/base/dead_test.cpp:1", "never built")

    def test_the_own_header_comes_first(self):
        self.refuses({"src/base/a.cpp": '#include "base/b.h"\n' + A, "src/base/b.h": "// B.\n#pragma once\n"},
                     "src/base/a.cpp:1", "base/a.h")

    def test_a_heavy_header_must_not_reach_another_module(self):
        self.refuses({"src/base/a.h": "// A.\n#pragma once\n#include <boost/asio.hpp>\n",
                      "src/store/README.md": "# store\n",
                      "src/store/CMakeLists.txt": "attune_module(NAME store DEPS base SOURCES s.cpp)\n",
                      "src/store/s.cpp": '#include "base/a.h"\n'}, "src/base/a.h:3", "boost/asio")

    def test_a_folder_without_a_readme_is_refused(self):
        self.refuses({"src/http/CMakeLists.txt": "attune_module(NAME http)\n", "src/http/x.h": "// X.\n#pragma once\n"},
                     "src/http/CMakeLists.txt:1", "README")

    def test_leftovers_are_refused(self):
        self.refuses({"docs/guide.md": "# Guide\n\n## Second part\n\nTO" "DO: more\n"}, "docs/guide.md:5", "finish it")

    def test_dead_links_and_anchors_are_refused(self):
        self.refuses({"README.md": "# Title\n\n[x](docs/none.md)\n"}, "README.md:3", "dead")
        self.refuses({"README.md": "# Title\n\n[x](docs/guide.md#third)\n"}, "README.md:3", "no heading")

    def test_a_document_has_one_title(self):
        self.refuses({"docs/guide.md": "# Guide\n\n## Second part\n\n# Another\n"}, "docs/guide.md:1", "2 titles")

    def test_a_link_in_a_code_block_is_no_link(self):
        code, said = tidy({"docs/guide.md": "# Guide\n\n## Second part\n\n```\n[x](nowhere)\n# no title\n```\n"})
        self.assertEqual(code, 0, said)


if __name__ == "__main__":
    unittest.main()
