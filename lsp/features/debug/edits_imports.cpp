// What a file uses and does not import or include.
#include <algorithm>
#include <set>

#include "lsp/features/debug/edits.h"

namespace lsp::features::debug {
namespace {

using syntax::no_node;

struct Origin {
  std::string_view name;
  std::string_view statement;
};

constexpr Origin python_origins[] = {{"math", "import math"},
                                     {"re", "import re"},
                                     {"os", "import os"},
                                     {"sys", "import sys"},
                                     {"json", "import json"},
                                     {"time", "import time"},
                                     {"copy", "import copy"},
                                     {"heapq", "import heapq"},
                                     {"bisect", "import bisect"},
                                     {"random", "import random"},
                                     {"string", "import string"},
                                     {"datetime", "import datetime"},
                                     {"itertools", "import itertools"},
                                     {"functools", "import functools"},
                                     {"operator", "import operator"},
                                     {"statistics", "import statistics"},
                                     {"collections", "import collections"},
                                     {"decimal", "import decimal"},
                                     {"defaultdict", "from collections import defaultdict"},
                                     {"deque", "from collections import deque"},
                                     {"Counter", "from collections import Counter"},
                                     {"OrderedDict", "from collections import OrderedDict"},
                                     {"namedtuple", "from collections import namedtuple"},
                                     {"reduce", "from functools import reduce"},
                                     {"lru_cache", "from functools import lru_cache"},
                                     {"dataclass", "from dataclasses import dataclass"},
                                     {"field", "from dataclasses import field"},
                                     {"Enum", "from enum import Enum"},
                                     {"Path", "from pathlib import Path"},
                                     {"Fraction", "from fractions import Fraction"},
                                     {"Decimal", "from decimal import Decimal"},
                                     {"timedelta", "from datetime import timedelta"},
                                     {"date", "from datetime import date"},
                                     {"deepcopy", "from copy import deepcopy"},
                                     {"sqrt", "from math import sqrt"},
                                     {"floor", "from math import floor"},
                                     {"ceil", "from math import ceil"},
                                     {"gcd", "from math import gcd"},
                                     {"combinations", "from itertools import combinations"},
                                     {"permutations", "from itertools import permutations"},
                                     {"product", "from itertools import product"},
                                     {"chain", "from itertools import chain"}};

constexpr std::string_view node_modules[] = {"fs",     "path",   "util", "assert", "events",
                                             "crypto", "stream", "os",   "url",    "readline"};

constexpr std::string_view cpp_headers[] = {
    "algorithm", "array",         "cassert",       "cctype",   "climits",   "cmath",
    "cstdint",   "cstring",       "deque",         "iostream", "iomanip",   "functional",
    "limits",    "list",          "map",           "memory",   "numeric",   "optional",
    "queue",     "set",           "sstream",       "stack",    "stdexcept", "string",
    "tuple",     "unordered_map", "unordered_set", "utility",  "vector"};

// Behind the documentation and what must come first.
size_t import_place(const Edits& edits) {
  size_t place = 0;
  for (const size_t child : edits.nodes.children(0)) {
    const std::string_view text = edits.nodes.text(child);
    const bool before = text.starts_with("\"") || text.starts_with("'") ||
                        edits.nodes[child].kind == "future_import_statement";
    if (!before) break;
    place = edits.nodes[child].range.end;
    const size_t newline = edits.nodes.text().find('\n', place);
    place = newline == std::string_view::npos ? edits.nodes.text().size() : newline + 1;
  }
  return place;
}

void add_awaits(Edits& edits) {
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    if (edits.role(node) != Role::call) continue;
    const size_t function = edits.function_around(node);
    if (function == 0 || !edits.text(function).starts_with("async")) continue;
    const size_t parent = edits.nodes[node].parent;
    if (edits.nodes[parent].kind.starts_with("await")) continue;
    edits.replace(node, "await " + edits.text(node), "missing await", 0.9);
  }
}

}  // namespace

void add_import_edits(Edits& edits) {
  std::set<std::string> used;
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    if (edits.role(node) == Role::identifier) used.insert(edits.text(node));
  }
  const size_t at = import_place(edits);
  const auto add = [&](const std::string& statement, double prior) {
    if (edits.nodes.text().find(statement) != std::string_view::npos) return;
    edits.add({{at, at}, statement + "\n", "missing import", prior});
  };
  const std::string& message = edits.clues.message;
  switch (edits.grammar.language) {
    case syntax::Language::python:
      for (const auto& [name, statement] : python_origins) {
        const bool named = message.find("'" + std::string(name) + "'") != std::string::npos;
        if (used.contains(std::string(name)) && named) add(std::string(statement), 2);
      }
      break;
    case syntax::Language::javascript:
    case syntax::Language::typescript:
      for (const std::string_view name : node_modules) {
        const std::string word(name);
        if (!used.contains(word) || message.find(word + " is not defined") == message.npos)
          continue;
        add("const " + word + " = require('node:" + word + "');", 2);
      }
      break;
    default:
      for (const std::string_view header : cpp_headers) {
        const bool told = message.find("<" + std::string(header) + ">") != std::string::npos;
        add("#include <" + std::string(header) + ">", told ? 2 : 0.02);
      }
  }
  add_awaits(edits);
}

}  // namespace lsp::features::debug
