#!/usr/bin/env python3
"""Renames variables of Python's own library where they are bound first, and compares the places
that lemma proposes next with those that Python's own compiler takes for the same variable, and
those where a call names it as an argument.

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
        self.callers = {}  # names of arguments, by what is called and their own
        self.takers = {}  # what is called that has a parameter, by the parameter
        self.definitions = {}  # how often what is called is defined
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
        called = self.called_by_name(node.name)
        self.definitions[called] = self.definitions.get(called, 0) + 1

        def inside():
            self.visit_names(node.args)
            for arg in node.args.args + node.args.kwonlyargs:
                self.takers[self.scope_of(arg.arg), arg.arg] = called
            self.visit_each(node.body)
        self.within(inside)

    visit_AsyncFunctionDef = visit_FunctionDef

    def called_by_name(self, function):
        """Of a function that is defined here, as visit_Call() has it."""
        table = self.stack[-1]
        if table.get_type() != "class":
            return self.scope_of(function), function
        if function != "__init__":
            return table.get_id(), function
        self.stack.pop()
        of_class = self.scope_of(table.get_name()), table.get_name()
        self.stack.append(table)
        return of_class

    def visit_Call(self, node):
        self.generic_visit(node)
        called, function = None, node.func
        classes = [table for table in self.stack if table.get_type() == "class"]
        if isinstance(function, ast.Name):
            called = self.scope_of(function.id), function.id
        elif (isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and
              classes and function.value.id in ("self", "cls", classes[-1].get_name())):
            called = classes[-1].get_id(), function.attr
        for each in node.keywords:
            if each.arg and called:
                place = self.starts[each.lineno - 1] + each.col_offset
                self.callers.setdefault((called, each.arg), set()).add(place)

    def of_variable(self, scope, name):
        """With the names of arguments that stand for it."""
        found = self.found[scope, name]
        called = self.takers.get((scope, name))
        if called is None or self.definitions[called] > 1:
            return found
        return found | self.callers.get((called, name), set())

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
    names = [(key[1], places.found[key], places.of_variable(*key)) for key in places.found
             if key not in places.hidden and len(places.of_variable(*key)) > 1]
    random.Random(path.name).shuffle(names)
    for name, of_variable, places_of_all in names[:MOST]:
        first = min(of_variable)
        others = places_of_all - {first}
        driver.stdin.write(f"{path} {first} {first + len(name)} {NEW}\n")
        driver.stdin.flush()
        proposed = {int(place) for place in driver.stdout.readline().split()}
        wrong = proposed - others
        count["names"] += 1
        count["named in calls"] += places_of_all != of_variable
        count["exactly"] += proposed == others
        count["in part"] += proposed < others and bool(proposed)
        count["not at all"] += not proposed
        count["wrongly"] += bool(wrong)
        if wrong:
            where = [(text.count("\n", 0, place) + 1) for place in sorted(wrong)]
            print(f"{path}: {name} of line {text.count(chr(10), 0, first) + 1} is not that of "
                  f"lines {where[:5]}")
        elif proposed != others and "-v" in sys.argv:
            missing = sorted(others - proposed)
            print(f"{path}: {name} of line {text.count(chr(10), 0, first) + 1} lacks "
                  f"{[(text.count(chr(10), 0, place) + 1) for place in missing][:5]}")


def main():
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    library = sorted(pathlib.Path(sysconfig.get_path("stdlib")).glob("*.py"))
    random.Random(1).shuffle(library)
    count = dict.fromkeys(("names", "named in calls", "exactly", "in part", "not at all",
                           "wrongly"), 0)
    with subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as driver:
        for path in library[:files]:
            check_file(driver, path, count)
        driver.stdin.close()
    print(", ".join(f"{key}: {value}" for key, value in count.items()))
    return 0 if count["names"] > 300 and count["wrongly"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
