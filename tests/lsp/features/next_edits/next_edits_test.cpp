#include "lsp/features/next_edits/next_edits.h"

#include <algorithm>

#include "tests/support/catch.h"

namespace next_edits_test {
namespace {

namespace text = lsp::text;
using lsp::features::next_edits::may_have_next;
using lsp::features::next_edits::next_edits;
using lsp::features::next_edits::NextEdits;

// A document that somebody edits: words by keystrokes, lines at once, as a paste comes.
class Editor {
 public:
  Editor(std::string language, std::string content)
      : document_("file:///a", std::move(language), 1, std::move(content)) {}

  void replace(size_t at, const std::string& old, const std::string& now) {
    if (now.find('\n') != std::string::npos) return change({at, at + old.size()}, now);
    for (size_t left = old.size(); left > 0; --left) change({at + left - 1, at + left}, "");
    for (size_t i = 0; i < now.size(); ++i) change({at + i, at + i}, now.substr(i, 1));
  }

  void whole(size_t at, const std::string& old, const std::string& now) {
    change({at, at + old.size()}, now);
  }

  NextEdits next() const {
    const auto now = std::make_shared<const text::Document>(document_);
    NextEdits found = next_edits(now, history_);
    if (!found.edits.empty()) CHECK(may_have_next(*now, history_));
    return found;
  }
  // With all that comes next.
  std::string all() const {
    NextEdits found = next();
    std::string result(document_.text());
    for (auto edit = found.edits.rbegin(); edit != found.edits.rend(); ++edit) {
      result.replace(edit->range.begin, edit->range.end - edit->range.begin, edit->text);
    }
    return result;
  }
  std::string content() const { return std::string(document_.text()); }

 private:
  void change(text::Range range, const std::string& now) {
    history_.change(document_.text(), range, now);
    document_.apply(range, now, document_.version() + 1);
  }
  text::Document document_;
  text::History history_;
};

struct Marked {
  std::string content;
  struct Change {
    size_t at;
    std::string old;
    std::string now;
  };
  std::vector<Change> changes;
};

// `«old|new»` is a change, made in the order of the text.
Marked read(const std::string& marked) {
  const std::string open = "«";
  const std::string close = "»";
  Marked result;
  size_t at = 0;
  for (size_t begin = marked.find(open); begin != std::string::npos;
       begin = marked.find(open, at)) {
    result.content += marked.substr(at, begin - at);
    const size_t bar = marked.find('|', begin);
    const size_t end = marked.find(close, begin);
    const std::string old = marked.substr(begin + open.size(), bar - begin - open.size());
    result.changes.push_back({result.content.size(), old, marked.substr(bar + 1, end - bar - 1)});
    result.content += old;
    at = end + close.size();
  }
  result.content += marked.substr(at);
  return result;
}

Editor edited(const std::string& language, const std::string& marked) {
  const Marked read_text = read(marked);
  Editor editor(language, read_text.content);
  ptrdiff_t moved = 0;
  for (const auto& [at, old, now] : read_text.changes) {
    editor.replace(static_cast<size_t>(static_cast<ptrdiff_t>(at) + moved), old, now);
    moved += static_cast<ptrdiff_t>(now.size()) - static_cast<ptrdiff_t>(old.size());
  }
  return editor;
}

void check_next(const std::string& language, const std::string& marked,
                const std::string& expected) {
  INFO(marked);
  CHECK(edited(language, marked).all() == expected);
}

void check_nothing(const std::string& language, const std::string& marked) {
  const Editor editor = edited(language, marked);
  INFO(marked);
  CHECK(editor.all() == editor.content());
}

}  // namespace

TEST_CASE("a variable that is renamed where it is bound is renamed where it is used") {
  check_next("python", R"(def mean(values):
    # Those that count.
    «count|size» = len(values)
    if count == 0:
        return 0
    return sum(values) / count  # by count
)",
             R"(def mean(values):
    # Those that count.
    size = len(values)
    if size == 0:
        return 0
    return sum(values) / size  # by count
)");
  check_next("javascript", "const «item|entry» = f(1);\ng(item, { item }, { item: 2 }, a.item);\n",
             "const entry = f(1);\ng(entry, { item: entry }, { item: 2 }, a.item);\n");
  check_next("cpp", "int f(int «n|count») {\n  int twice = n * 2;\n  return n + p->n + q.n;\n}\n",
             "int f(int count) {\n  int twice = count * 2;\n  return count + p->n + q.n;\n}\n");
}

TEST_CASE("another variable of the same name stays as it is") {
  check_next("python", R"(def f(«x|left»):
    def g(x):
        return x
    return [x for x in range(3)], g(x), {"x": x}, h(x=x)

def other(x):
    return x
)",
             R"(def f(left):
    def g(x):
        return x
    return [x for x in range(3)], g(left), {"x": left}, h(x=left)

def other(x):
    return x
)");
  check_next("cpp",
             "void f() {\n  int «i|row» = 0;\n  for (int i = 0; i < 3; ++i) g(i);\n  g(i);\n}\n",
             "void f() {\n  int row = 0;\n  for (int i = 0; i < 3; ++i) g(i);\n  g(row);\n}\n");
}

TEST_CASE("a function that is renamed is called by its new name") {
  check_next("python",
             "def «load|read»(path):\n    return open(path)\n\nprint(load('a'), load('b'))\n",
             "def read(path):\n    return open(path)\n\nprint(read('a'), read('b'))\n");
}

TEST_CASE("methods and fields follow where it is plain whose they are") {
  check_next("python", R"(class Stack:
    def __init__(self):
        self.items = []

    def «add|push»(self, item):
        self.items.append(item)

    def fill(self, other):
        self.add(1)
        other.add(2)
)",
             R"(class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def fill(self, other):
        self.push(1)
        other.add(2)
)");
  check_next("python", R"(class Stack:
    def __init__(self):
        self.«items|values» = []

    def add(self, item):
        self.items.append(item)
)",
             R"(class Stack:
    def __init__(self):
        self.values = []

    def add(self, item):
        self.values.append(item)
)");
  check_next(
      "javascript",
      "class A {\n  «size|length»() { return 1; }\n  twice() { return 2 * this.size(); }\n}\n",
      "class A {\n  length() { return 1; }\n  twice() { return 2 * this.length(); }\n}\n");
}

TEST_CASE("each language's own ways to define and to use are known") {
  check_next("cpp", R"(struct Stack {
  int size() const;
  int «count|used» = 0;
};
int Stack::size() const { return count + this->count; }
int other(int count) { return count; }
int more() { return count; }
)",
             R"(struct Stack {
  int size() const;
  int used = 0;
};
int Stack::size() const { return used + this->used; }
int other(int count) { return count; }
int more() { return count; }
)");
  check_next("python", "class «Node|Item»:\n    pass\n\ndef f(a: Node) -> Node:\n    pass\n",
             "class Item:\n    pass\n\ndef f(a: Item) -> Item:\n    pass\n");
  check_next("cpp", "struct S {\n  int x;\n  S(int «x|p») : x(x) {}\n};\n",
             "struct S {\n  int x;\n  S(int p) : x(p) {}\n};\n");
  check_next("cpp", "struct S {\n  int «x|y»;\n  S(int x) : x(x) {}\n  int get(int x);\n};\n",
             "struct S {\n  int y;\n  S(int x) : y(x) {}\n  int get(int x);\n};\n");
  check_next("cpp", R"(class «Foo|Bar» {
 public:
  Foo();
  ~Foo();
  Foo* next;
};
Foo::Foo() : next(nullptr) {}
Foo::~Foo() {}
Foo make();
)",
             R"(class Bar {
 public:
  Bar();
  ~Bar();
  Bar* next;
};
Bar::Bar() : next(nullptr) {}
Bar::~Bar() {}
Bar make();
)");
  check_nothing("cpp", "enum class A { «Red|Blue» };\nenum class B { Red };\nint Red = 1;\n");
  check_next("javascript", "const { «status|code», data } = get();\nf(status, { status });\n",
             "const { code, data } = get();\nf(code, { status: code });\n");
  check_next(
      "cpp",
      "template <typename T>\nT «twice|doubled»(T t) { return t + t; }\nint f() { return twice(2); "
      "}\n",
      "template <typename T>\nT doubled(T t) { return t + t; }\nint f() { return doubled(2); }\n");
  check_next("lua",
             "local function f(a)\n  local «t|sum» = 0\n  for _, v in ipairs(a) do t = t + v end\n "
             " return t\nend\n",
             "local function f(a)\n  local sum = 0\n  for _, v in ipairs(a) do sum = sum + v end\n "
             " return sum\nend\n");
  check_next("javascript", "f(«a|b» => a + a);\n", "f(b => b + b);\n");
  check_next("javascript", R"(import { a as «b|c», c as d } from 'x';
export { b };
export { b } from 'y';
export { d as b };
)",
             R"(import { a as c, c as d } from 'x';
export { c };
export { b } from 'y';
export { d as b };
)");
  check_next("javascript", R"(var «o|all» = 1;
function f(a) {
  for (var o = 0; o < a; ++o) g(o);
  return o;
}
x = class o extends y(o) {};
f(o);
)",
             R"(var all = 1;
function f(a) {
  for (var o = 0; o < a; ++o) g(o);
  return o;
}
x = class o extends y(o) {};
f(all);
)");
  check_next(
      "typescript",
      "class A {\n  constructor(private «r|radius»: number) {}\n  d() { return this.r }\n}\n",
      "class A {\n  constructor(private radius: number) {}\n  d() { return this.radius }\n}\n");
  check_next("shellscript", "«n|count»=0\necho $n \"$n\"\n", "count=0\necho $count \"$count\"\n");
  check_next("go", "func f(«a|values» []int) int {\n\treturn len(a) + s.a\n}\n",
             "func f(values []int) int {\n\treturn len(values) + s.a\n}\n");
  check_next("rust", "fn f(«a|values»: &[i32]) -> usize {\n    a.len() + s.a\n}\n",
             "fn f(values: &[i32]) -> usize {\n    values.len() + s.a\n}\n");
  check_next("java", "class A {\n  int f(int «a|value») { return a + this.a; }\n}\n",
             "class A {\n  int f(int value) { return value + this.a; }\n}\n");
}

TEST_CASE("a local variable that is renamed at a use is renamed everywhere") {
  check_next("python", "def f(a):\n    total = a\n    return «total|result» + total\n",
             "def f(a):\n    result = a\n    return result + result\n");
  check_next("javascript", "const f = (a) => {\n  const b = a;\n  return «b|c» + b;\n};\n",
             "const f = (a) => {\n  const c = a;\n  return c + c;\n};\n");
  check_next("cpp", "namespace n {\nint f(int a) {\n  int b = a;\n  return «b|c» + b;\n}\n}\n",
             "namespace n {\nint f(int a) {\n  int c = a;\n  return c + c;\n}\n}\n");
}

TEST_CASE("who takes another name at one place means that place alone") {
  check_nothing("python", "def f(a, b):\n    return «a|b» + a\n");
  check_nothing("python", "def f(a):\n    return «a|len»(a) + a\n");
  check_nothing("python", "import os\nos.getcwd()\n«os|sys».exit()\n");
  check_nothing("python", "count = 1\nprint(count)\n«count|size» = 2\n");
  check_nothing("python", "def f(x):\n    return x.«a|b» + x.a\n");
  check_nothing("cpp", "namespace a {\nvoid f();\nvoid g() { «f|h»(); f(); }\n}\n");
}

TEST_CASE("a loop's variable is renamed in its loop") {
  check_next("python",
             "def f(a, b):\n    for x in a:\n        g(x)\n    for «x|y» in b:\n        g(x)\n",
             "def f(a, b):\n    for x in a:\n        g(x)\n    for y in b:\n        g(y)\n");
}

TEST_CASE("in lines that were pasted, a name that is changed once is changed in all of them") {
  const std::string copied = "width = read('width')\nprint(width)\n";
  Editor editor("python", copied);
  editor.replace(copied.size(), "", copied);
  editor.replace(copied.size(), "width", "height");
  CHECK(editor.all() == copied + "height = read('height')\nprint(height)\n");
}

TEST_CASE("what is pasted from elsewhere is no copy") {
  check_next("python", "x = 1\n«|def f(a):\n    return a + a\n»",
             "x = 1\ndef f(a):\n    return a + a\n");
  Editor editor("python", "x = 1\n");
  editor.replace(6, "", "def f(a):\n    return a + 'a'\n");
  editor.replace(12, "a", "b");
  CHECK(editor.all() == "x = 1\ndef f(b):\n    return b + 'a'\n");
}

TEST_CASE("what was changed twice in the same way is changed again") {
  check_next("python", "print(«a.old|a.new»)\nprint(«a.old|a.new»)\nprint(a.old)\nb.old, aa.old\n",
             "print(a.new)\nprint(a.new)\nprint(a.new)\nb.old, aa.old\n");
  check_nothing("python", "print(«a.old|a.new»)\nprint(a.old)\n");
}

TEST_CASE("a rename whose places were taken is no reason to change others of that name") {
  check_nothing("python",
                "def f(«a|b»):\n    return «a|b» + «a|b»\n\ndef g(a):\n    return a + a\n");
  check_nothing("python", R"(class A:
    def «add|push»(self):
        self.«add|push»()
        self.«add|push»()
        names.add(1)
)");
  check_next("python", "x.«add|push»(1)\nx.«add|push»(2)\nx.add(3)\ny.add(4)\n",
             "x.push(1)\nx.push(2)\nx.push(3)\ny.add(4)\n");
  check_next("python", "x.«add|push»(1)\ny.«add|push»(2)\nz.add(3)\n",
             "x.push(1)\ny.push(2)\nz.push(3)\n");
}

TEST_CASE("an argument that two calls were given is given to the others") {
  check_next("python", R"(def log(text):
    pass

log("a"«|, file=err»)
log(f(1)«|, file=err»)
log("b")
log()
log("c", file=err)
blog("d")
)",
             R"(def log(text):
    pass

log("a", file=err)
log(f(1), file=err)
log("b", file=err)
log(file=err)
log("c", file=err)
blog("d")
)");
  check_next("javascript", "ask(«|context, »1); ask(«|context, »2);\nask(3); ask();\n",
             "ask(context, 1); ask(context, 2);\nask(context, 3); ask(context);\n");
}

TEST_CASE("what two uses of a name were given is given to the others") {
  check_next(
      "javascript",
      "async function f() { a = «|await »load(1); b = «|await »load(2); c = load(3); x.load(); }\n"
      "function g(q) { load(q); }\n",
      "async function f() { a = await load(1); b = await load(2); c = await load(3); x.load(); }\n"
      "function g(q) { load(q); }\n");
  check_next("python", "f(names«|.keys()»)\ng(names«|.keys()»)\nh(names)\nm(x.names)\n",
             "f(names.keys())\ng(names.keys())\nh(names.keys())\nm(x.names)\n");
}

TEST_CASE("what depends on its place is not repeated elsewhere") {
  check_nothing(
      "python",
      "def f(path«|: str»):\n    g(path)\ndef h(path«|: str»):\n    g(path)\ndef k(path): pass\n");
  check_nothing("python", "if «|not »user.ok: f()\nif «|not »user.on: f()\ng(user)\n");
  check_nothing("python", "a(num«|, 1»)\nb(num«|, 1»)\nreturn_ = num\n");
  check_nothing("python",
                "def f(item):\n    a(«item|»)\n    b(«item|»)\n    c(item)\n    return item\n");
  check_nothing("python", "f(a=«True|False»)\ng(a=«True|False»)\nwhile True: pass\n");
  check_next("python", "f(table«|.keys()»)\ng(table«|.keys()»)\ntable[1] = 2\nh(table)\n",
             "f(table.keys())\ng(table.keys())\ntable[1] = 2\nh(table.keys())\n");
  check_nothing("markdown", "it «is|was» so\nand «is|was» here\nwho is\n");
  check_next("markdown", "a «colour|color»\nno «colour|color»\ncolour\n",
             "a color\nno color\ncolor\n");
}

TEST_CASE("a call that cannot take an argument is not given it") {
  check_next("python", "o(a, k=1)\no(b«|, k=2»)\no(c«|, k=2»)\no(d)\no(e, m=1)\n",
             "o(a, k=1)\no(b, k=2)\no(c, k=2)\no(d, k=2)\no(e, m=1, k=2)\n");
  check_nothing("python", "o(a, k=1)\no(b«|, 2»)\no(c«|, 2»)\no(**d)\n");
  check_next("python",
             "def a(ctx):\n    o(1«|, ctx»)\n    o(2«|, ctx»)\n    o(3)\ndef b():\n    o(4)\n",
             "def a(ctx):\n    o(1, ctx)\n    o(2, ctx)\n    o(3, ctx)\ndef b():\n    o(4)\n");
}

TEST_CASE("a name that is bound anew since is another variable") {
  Editor editor =
      edited("python", "def f():\n    «data|raw» = load()\n    g(data)\n    return data\n");
  CHECK(editor.next().edits.size() == 2);
  const std::string line = "\n    data = clean(raw)";
  for (size_t i = 0; i < line.size(); ++i) editor.replace(25 + i, "", line.substr(i, 1));
  CHECK(editor.content() ==
        "def f():\n    raw = load()\n    data = clean(raw)\n    g(data)\n    return data\n");
  CHECK(editor.next().edits.empty());
  Editor other =
      edited("javascript",
             "function f() {\n  const out = go();\n  show(«out|sorted»);\n  return out;\n}\n");
  CHECK(other.next().edits.size() == 2);
  const std::string above = "  const sorted = out.sort();\n";
  for (size_t i = 0; i < above.size(); ++i) other.replace(37 + i, "", above.substr(i, 1));
  CHECK(other.next().edits.empty());
}

TEST_CASE("text that is typed anew has no counterpart") {
  check_nothing("python", "«|total = 0»\ntotal\n");
  check_nothing("python", "a = 1\n«|b»\n«|b»\n");
}

TEST_CASE("a line that is replaced as a whole is changed where it differs") {
  Editor editor("javascript", "let sum = 1;\nreturn { sum, a: sum };\n");
  editor.replace(4, "sum", "al");
  editor.whole(0, "let al = 1;", "let all = 1;");
  CHECK(editor.all() == "let all = 1;\nreturn { sum: all, a: all };\n");
  editor.whole(22, "sum", "sum: all");  // that one was taken
  CHECK(editor.all() == "let all = 1;\nreturn { sum: all, a: all };\n");
}

TEST_CASE("a change that was taken back counts no more") {
  Editor editor = edited("python", "def f(a):\n    «b|c» = a\n    return b\n");
  editor.replace(14, "c", "b");
  CHECK(editor.all() == editor.content());
}

TEST_CASE("a name that is changed twice in a row is its first one elsewhere") {
  Editor editor = edited("python", "def f(a):\n    «count|size» = a\n    return count\n");
  editor.replace(0, "", "# a\n");
  editor.replace(18, "size", "length");
  CHECK(editor.all() == "# a\ndef f(a):\n    length = a\n    return length\n");
}

TEST_CASE("a name that was just typed is renamed like any other") {
  Editor editor("python", "def f(a):\n");
  const std::string body = "    count = a\n    return count\n";
  for (size_t i = 0; i < body.size(); ++i) editor.replace(10 + i, "", body.substr(i, 1));
  editor.replace(14, "count", "size");
  CHECK(editor.all() == "def f(a):\n    size = a\n    return size\n");
}

TEST_CASE("places that were taken stay with the change, until none is left") {
  Editor editor = edited("python", "def f(«a|b»):\n    return a + a\n");
  const NextEdits first = editor.next();
  REQUIRE(first.edits.size() == 2);
  CHECK(first.before == "a");
  CHECK(first.after == "b");
  editor.replace(first.edits[0].range.begin, "a", "b");
  CHECK(editor.next().edits.size() == 1);
  editor.replace(editor.next().edits[0].range.begin, "a", "b");
  CHECK(editor.next().edits.empty());
}

}  // namespace next_edits_test
