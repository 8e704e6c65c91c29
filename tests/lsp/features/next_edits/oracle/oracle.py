#!/usr/bin/env python3
"""Renames variables of Python's own library where they are bound first, and compares the places
that lemma proposes next with those that Python's own compiler takes for the same variable.

    oracle.py DRIVER [FILES]

A place that is proposed and is none is a failure. Places that are missing are counted: a loop's
variable is renamed in its loop, for one, though Python knows no scope of loops.
"""
import ast
import pathlib
import random
import subprocess
import symtable
import sys
import sysconfig

NEW = "renamed_by_oracle"
MOST = 12  # names of a file


class Places(ast.NodeVisitor):
    """Every place of every name, by the scope that it is bound in: symtable's tables go in step
    with the tree."""

    def __init__(self, text, path):
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line.encode()))
        self.stack = [symtable.symtable(text, str(path), "exec")]
        self.children = [iter(self.stack[0].get_children())]
        self.found = {}
        self.hidden = set()  # names that the tree gives without a place
        self.visit(ast.parse(text))

    def add(self, name, node):
        scope = self.scope_of(name)
        if scope is not None:
            place = self.starts[node.lineno - 1] + node.col_offset
            self.found.setdefault((scope, name), set()).add(place)

    def hide(self, name):
        self.hidden.add((self.scope_of(name), name))

    def scope_of(self, name):
        for depth in range(len(self.stack) - 1, -1, -1):
            table = self.stack[depth]
            if depth + 1 < len(self.stack) and table.get_type() == "class":
                continue
            try:
                symbol = table.lookup(name)
            except KeyError:
                continue
            if symbol.is_global() and depth > 0:
                return self.scope_of_module(name)
            if symbol.is_local() or symbol.is_parameter():
                return table.get_id()
        return None

    def scope_of_module(self, name):
        try:
            is_bound = self.stack[0].lookup(name).is_assigned()
        except KeyError:
            return None
        return self.stack[0].get_id() if is_bound else None

    def within(self, visit):
        table = next(self.children[-1])
        self.stack.append(table)
        self.children.append(iter(table.get_children()))
        visit()
        self.stack.pop()
        self.children.pop()

    def visit_each(self, nodes):
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Name(self, node):
        self.add(node.id, node)

    def visit_arg(self, node):
        self.add(node.arg, node)

    def visit_FunctionDef(self, node):
        self.hide(node.name)
        self.visit_each(node.decorator_list)
        self.visit_heads(node.args)
        self.visit_each([node.returns])
        self.within(lambda: (self.visit_names(node.args), self.visit_each(node.body)))

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_heads(self, args):
        self.visit_each(args.defaults + args.kw_defaults)
        for arg in self.all_of(args):
            self.visit_each([arg.annotation])

    def visit_names(self, args):
        for arg in self.all_of(args):
            self.add(arg.arg, arg)

    @staticmethod
    def all_of(args):
        return [arg for arg in (*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs,
                                args.kwarg) if arg is not None]

    def visit_Lambda(self, node):
        self.visit_heads(node.args)
        self.within(lambda: (self.visit_names(node.args), self.visit(node.body)))

    def visit_ClassDef(self, node):
        self.hide(node.name)
        self.visit_each(node.decorator_list + node.bases + node.keywords)
        self.within(lambda: self.visit_each(node.body))

    def visit_comprehension_of(self, node, values):
        first, *others = node.generators
        self.visit(first.iter)

        def inside():
            self.visit_each([first.target, *first.ifs])
            for each in others:
                self.visit_each([each.target, each.iter, *each.ifs])
            self.visit_each(values)
        self.within(inside)

    def visit_ListComp(self, node):
        self.visit_comprehension_of(node, [node.elt])

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node):
        self.visit_comprehension_of(node, [node.key, node.value])

    def visit_ExceptHandler(self, node):
        if node.name:
            self.hide(node.name)
        self.generic_visit(node)

    def visit_Import(self, node):
        for alias in node.names:
            self.hide((alias.asname or alias.name).split(".")[0])

    visit_ImportFrom = visit_Import

    def visit_Global(self, node):
        for name in node.names:
            self.hide(name)

    visit_Nonlocal = visit_Global

    def visit_MatchAs(self, node):
        if node.name:
            self.hide(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node):
        if node.name:
            self.hide(node.name)


def check_file(driver, path, count):
    text = path.read_text(encoding="utf-8")
    if not text.isascii() or "\t" in text or "\f" in text:
        return
    try:
        places = Places(text, path)
    except (SyntaxError, StopIteration, RecursionError):
        return
    names = [(name, sorted(found)) for (scope, name), found in places.found.items()
             if (scope, name) not in places.hidden and len(found) > 1]
    random.Random(path.name).shuffle(names)
    for name, (first, *others) in names[:MOST]:
        driver.stdin.write(f"{path} {first} {first + len(name)} {NEW}\n")
        driver.stdin.flush()
        proposed = {int(place) for place in driver.stdout.readline().split()}
        wrong = proposed - set(others)
        count["names"] += 1
        count["exactly"] += proposed == set(others)
        count["in part"] += proposed < set(others) and bool(proposed)
        count["not at all"] += not proposed
        count["wrongly"] += bool(wrong)
        if wrong:
            where = [(text.count("\n", 0, place) + 1) for place in sorted(wrong)]
            print(f"{path}: {name} of line {text.count(chr(10), 0, first) + 1} is not that of "
                  f"lines {where[:5]}")
        elif proposed != set(others) and "-v" in sys.argv:
            missing = sorted(set(others) - proposed)
            print(f"{path}: {name} of line {text.count(chr(10), 0, first) + 1} lacks "
                  f"{[(text.count(chr(10), 0, place) + 1) for place in missing][:5]}")


def main():
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    library = sorted(pathlib.Path(sysconfig.get_path("stdlib")).glob("*.py"))
    random.Random(1).shuffle(library)
    count = dict.fromkeys(("names", "exactly", "in part", "not at all", "wrongly"), 0)
    with subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as driver:
        for path in library[:files]:
            check_file(driver, path, count)
        driver.stdin.close()
    print(", ".join(f"{key}: {value}" for key, value in count.items()))
    return 0 if count["names"] > 300 and count["wrongly"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
