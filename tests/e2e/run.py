#!/usr/bin/env python3
"""Runs the Neovim tests and ends with `neovim: N passed, N failed, N skipped`.

    run.py [--program build/dev/lemma] NVIM...

The plugin's own tests run in each Neovim given, those with the real model in the first, and in
Emacs and Helix (LEMMA_HELIX).
"""
import argparse
import os
import sys
import unittest

sys.dont_write_bytecode = True


def run_modules(names):
    loader = unittest.defaultTestLoader
    suite = unittest.TestSuite(loader.loadTestsFromName(name) for name in names)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
    failed = len({case.id().split(" ")[0] for case, _ in result.failures + result.errors})
    skipped = len(result.skipped)
    return result.testsRun - failed - skipped, failed, skipped


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", help="the lemma to test; without it the plugin alone")
    parser.add_argument("nvim", nargs="+")
    arguments = parser.parse_args()
    totals = [0, 0, 0]
    for index, nvim in enumerate(arguments.nvim):
        os.environ["LEMMA_NVIM"] = nvim
        modules = ["plugin_test", "plugin_keys_test", "plugin_ask_test", "plugin_suggest_test",
                   "menu_test"]
        if arguments.program and index == 0:
            os.environ["LEMMA_PROGRAM"] = os.path.abspath(arguments.program)
            modules[:0] = ["completion_test", "debug_test", "solve_test", "fill_test",
                           "next_edits_test", "change_test", "emacs_test", "helix_test"]
        print(f"{', '.join(modules)} in {nvim}", flush=True)
        totals = [a + b for a, b in zip(totals, run_modules(modules))]
    print("neovim: {} passed, {} failed, {} skipped".format(*totals))
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
