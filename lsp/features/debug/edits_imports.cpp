// What a file uses and does not import or include.
#include <algorithm>
#include <map>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/debug/edits.h"
#include "lsp/features/debug/includes.h"
#include "lsp/features/debug/subject.h"

namespace lsp::features::debug {
namespace {

using engine::base::concat;

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

// Names that are read and stand nowhere else: not assigned, defined, imported or taken.
std::set<std::string> unbound_names(const Edits& edits) {
  std::set<std::string> read, bound;
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    if (edits.role(node) != Role::identifier) continue;
    (edits.is_value(node) ? read : bound).insert(edits.text(node));
  }
  for (const std::string& name : bound) read.erase(name);
  return read;
}

// Those that the failure names, each alone, all together, and with these `others`.
void add_all(Edits& edits, const std::vector<std::string>& named,
             const std::vector<std::string>& others) {
  const size_t at = import_place(edits);
  std::string all;
  for (const std::string& statement : named) {
    edits.add({{at, at}, statement + "\n", "missing import", 2});
    all += statement + "\n";
  }
  if (named.size() > 1) edits.add({{at, at}, all, "missing import", 3});
  if (named.empty() || others.empty()) return;
  for (const std::string& statement : others) all += statement + "\n";
  edits.add({{at, at}, all, "missing import", 2.5});
}

void add_missing(Edits& edits) {
  const std::string& message = edits.clues.message;
  const bool python = edits.grammar.language == syntax::Language::python;
  const std::set<std::string> unbound = unbound_names(edits);
  std::vector<std::string> named, others;
  const auto add = [&](std::string_view name, const std::string& statement) {
    if (!unbound.contains(std::string(name))) return;
    const std::string told = python ? concat("'", name, "'") : concat(name, " is not defined");
    (message.find(told) != message.npos ? named : others).push_back(statement);
  };
  if (python) {
    for (const auto& [name, statement] : python_origins) add(name, std::string(statement));
  } else {
    const bool module = is_module(edits.nodes.text());
    for (const std::string_view name : node_modules) {
      add(name, module ? concat("import ", name, " from 'node:", name, "';")
                       : concat("const ", name, " = require('node:", name, "');"));
    }
  }
  add_all(edits, named, others);
}

void add_includes(Edits& edits) {
  std::vector<std::string> named, others;
  for (const Include& include : missing_includes(edits.nodes.text(), edits.clues.message)) {
    if (include.told) {
      named.push_back(include.statement);
    } else if (include.used) {
      others.push_back(include.statement);
    } else {
      edits.add({{0, 0}, include.statement + "\n", "missing import", 0.02});
    }
  }
  add_all(edits, named, others);
}

// Where a module, a file or a header is named: a name of its own, or the last part of a path.
bool names_it(const Edits& edits, size_t node, const std::string& name) {
  const std::string_view kind = edits.nodes[node].kind, text = edits.nodes.text(node);
  if (kind == "identifier") return text == name;
  const bool path = kind == "string_fragment" || kind == "string_content";
  if (path) return text == name || text.ends_with("/" + name);
  return kind == "system_lib_string" && text.substr(0, text.size() - 1).ends_with(name);
}

// Another name that is at hand, wherever the program has the one that is not.
void add_slips(Edits& edits) {
  const std::string& name = edits.clues.missing;
  for (const std::string& meant : edits.clues.meant) {
    std::vector<Part> parts;
    for (size_t node = 1; node < edits.nodes.size(); ++node) {
      if (!names_it(edits, node, name)) continue;
      std::string text = edits.text(node);
      text.replace(text.rfind(name), name.size(), meant);
      parts.push_back({edits.nodes[node].range, std::move(text)});
    }
    if (!parts.empty()) edits.add_parts(std::move(parts), spelling, 3);
  }
}

// What a compiler says may be meant: "‘cout’ was not declared in this scope; did you mean
// ‘std::cout’?" Each name, and all together.
void add_suggested(Edits& edits) {
  static constexpr std::string_view question = "; did you mean ", open = "‘", close = "’";
  const std::string& message = edits.clues.message;
  std::map<std::string, std::string> meant;
  for (size_t at = message.find(question); at != message.npos;
       at = message.find(question, at + 1)) {
    const size_t begin = message.rfind(open, at), end = message.rfind(close, at);
    const size_t from = message.find(open, at), to = message.find(close, at);
    if (begin > end || end == message.npos || from > to || to == message.npos) continue;
    meant.emplace(message.substr(begin + open.size(), end - begin - open.size()),
                  message.substr(from + open.size(), to - from - open.size()));
  }
  std::vector<Part> all;
  for (const auto& [name, other] : meant) {
    std::vector<Part> parts;
    for (size_t node = 1; node < edits.nodes.size(); ++node) {
      const bool is_name = edits.nodes[node].kind.ends_with("identifier");
      if (is_name && edits.nodes[node].end == node + 1 && edits.text(node) == name) {
        parts.push_back({edits.nodes[node].range, other});
      }
    }
    if (parts.empty()) continue;
    all.insert(all.end(), parts.begin(), parts.end());
    edits.add_parts(std::move(parts), spelling, 3);
  }
  if (meant.size() > 1 && !all.empty()) edits.add_parts(std::move(all), spelling, 3.2);
}

}  // namespace

void add_import_edits(Edits& edits) {
  add_slips(edits);
  if (edits.is_c_like()) add_suggested(edits);
  if (edits.is_c_like()) {
    add_includes(edits);
  } else {
    add_missing(edits);
  }
}

void add_await_edits(Edits& edits) {
  for (size_t node = 1; node < edits.nodes.size() && !edits.is_over(); ++node) {
    if (edits.role(node) != Role::call) continue;
    if (!edits.can_await(node)) continue;
    const size_t parent = edits.nodes[node].parent;
    if (edits.nodes[parent].kind.starts_with("await")) continue;
    edits.replace(node, "await " + edits.text(node), "missing await", 0.9);
  }
}

}  // namespace lsp::features::debug
