"""What solving says is there in all languages: the sentences of its program and of its parser, as
they stand in the sources, against the tables of lsp/features/solve/sentences_*.cpp.
"""
import ast
import pathlib
import re
import unittest

SOURCES = pathlib.Path(__file__).resolve().parents[4] / "lsp" / "features" / "solve"

# What no user reads: code, parts of answers, and what one part of the program tells another.
UNSAID = re.compile(r"print\(|sum\(map\(|, ics=|.*\\text|integer string conversion$|"
                    r"\{0\} at \{1\}\{2\}$|(\{0\})?, and again every|\{0\} = \(-\(|each part $")
TOLD_BY = re.compile(r"\b(?:failed|fail|note|notes\.push_back)\((?:(?:engine::base::)?concat\()?")
LITERAL = r'"(?:[^"\\]|\\.)*"'


def placed(parts):
    """The text of a literal and values, {0} for the first value."""
    text, values = "", 0
    for part in parts:
        if part is None:
            text += "{%d}" % values
            values += 1
        else:
            text += part
    return text


def clauses_of(text):
    """As they are translated, one by one."""
    for clause in re.sub(r"^; ", "", text).split("; "):
        clause = clause.rstrip() if clause[:1] in ",:" else clause.strip()
        if re.search("[a-z]{2}", clause):
            yield clause


def said_by_program():
    for path in sorted((SOURCES / "program").glob("*.py")):
        if path.name == "words.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
                  for part in node.values}
        inside |= {id(node.format_spec) for node in ast.walk(tree)
                   if isinstance(node, ast.FormattedValue)}
        inside |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if id(node) in inside:
                continue
            if isinstance(node, ast.JoinedStr):
                text = placed(part.value if isinstance(part, ast.Constant) else None
                              for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
            else:
                continue
            if " " in text.strip() and re.search("[a-z]{2}", text) and not UNSAID.match(text):
                yield from ((clause, path.name) for clause in clauses_of(text)
                            if not UNSAID.match(clause))


def unquoted(literals):
    return "".join(ast.literal_eval(each) for each in literals)


def arguments(text):
    """Of a call, up to its closing bracket: the literals, None for all else."""
    depth, argument = 0, ""
    for token in re.findall(LITERAL + r"|'(?:[^'\\]|\\.)*'|.", text, re.S):
        depth += (token in "([{") - (token in ")]}") if len(token) == 1 else 0
        if depth < 0 or (token == "," and depth == 0):
            literals = re.findall(LITERAL, argument)
            rest = re.sub(LITERAL, "", argument).strip()
            yield unquoted(literals) if literals and not rest else None
            argument = ""
            if depth < 0:
                return
        else:
            argument += token


def said_by_parser():
    for path in sorted(SOURCES.glob("*.cpp")):
        if path.name.startswith("sentences"):
            continue
        source = path.read_text(encoding="utf-8")
        for call in TOLD_BY.finditer(source):
            parts = list(arguments(source[call.end():]))
            text = placed(parts)
            if any(parts) and re.search("[a-z]{2}", text) and "{{" not in text:
                yield text, path.name


def tables(name="*"):
    rows = {}
    for path in SOURCES.glob(f"sentences_{name}.cpp"):
        text = path.read_text(encoding="utf-8").partition("of_")[2].partition("] = {")[2]
        literals = re.findall(rf"\s*((?:{LITERAL}\s*)+)[,}}]", text)
        said = [unquoted(re.findall(LITERAL, each)) for each in literals]
        rows |= {said[i]: said[i + 1:i + 4] for i in range(0, len(said), 4)}
    return rows


class Sentences(unittest.TestCase):
    def test_all_that_is_said_is_there(self):
        rows = tables()
        missing = {f"{source}: {text}" for text, source in [*said_by_program(), *said_by_parser()]
                   if text not in rows}
        self.assertEqual(missing, set())

    def test_nothing_is_there_that_is_not_said(self):
        said = {text for text, _ in said_by_program()}
        of_program = tables("[!r]*")
        self.assertGreater(len(of_program), 300)
        self.assertEqual({text for text in of_program if text not in said}, set())

    def test_each_language_has_the_same_values(self):
        for english, others in tables().items():
            values = sorted(re.findall(r"{\w+}", english))
            self.assertEqual(len(others), 3, english)
            for text in others:
                self.assertTrue(text, english)
                self.assertEqual(sorted(re.findall(r"{\w+}", text)), values, english)


if __name__ == "__main__":
    unittest.main()
