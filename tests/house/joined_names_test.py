"""Where a build joins the files of a folder, a constant in an unnamed namespace hides one of the
same name in the folder's headers from the files behind it, and nothing says so."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).parents[2]
CONSTANT = re.compile(
    r"^(?:inline |static )*const(?:expr|init)? [^=({;]*?\b(\w+)(?:\[[^]]*\])?\s*[={]", re.MULTILINE)
UNNAMED = re.compile(r"^namespace \{\n(.*?)^\}  // namespace$", re.MULTILINE | re.DOTALL)


def constants():
    """Per folder: the names in headers, and (file, name) in unnamed namespaces."""
    folders = {}
    for top in ("engine", "lsp", "sandbox", "tests"):
        for path in sorted((ROOT / top).rglob("*")):
            if "node_modules" in path.parts or "golden" in path.parts or not path.is_file():
                continue
            headers, hidden = folders.setdefault(path.parent, (set(), []))
            if path.suffix == ".h":
                headers.update(CONSTANT.findall(path.read_text()))
            elif path.suffix == ".cpp":
                for unnamed in UNNAMED.findall(path.read_text()):
                    hidden += [(path.name, name) for name in CONSTANT.findall(unnamed)]
    return folders


class JoinedNames(unittest.TestCase):
    def test_no_constant_hides_one_of_a_header(self):
        found = constants()
        self.assertGreater(sum(len(hidden) for _, hidden in found.values()), 300)
        hiding = [f"{folder.relative_to(ROOT)}/{file}: {name}"
                  for folder, (headers, hidden) in found.items()
                  for file, name in hidden if name in headers]
        self.assertEqual(hiding, [])


if __name__ == "__main__":
    unittest.main()
