// Names that are renamed, and what changes since mean for them.
#include "tests/lsp/features/next_edits/editor.h"

namespace next_edits_test {

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

TEST_CASE("calls that name a parameter of Python name it anew") {
  check_next("python", R"(def area(«width|w», height=1):
    return width * height

def other(width):
    return area(width=width, height=2) + area(3, height=width)

print(area(width=1), other(width=2), x.area(width=3), dict(width=4))
)",
             R"(def area(w, height=1):
    return w * height

def other(width):
    return area(w=width, height=2) + area(3, height=width)

print(area(w=1), other(width=2), x.area(width=3), dict(width=4))
)");
  // Also where the body does not use it, or is where it was changed.
  check_next("python", "def f(*, «a|b»: int = 1):\n    pass\n\nf(a=2)\n",
             "def f(*, b: int = 1):\n    pass\n\nf(b=2)\n");
  check_next("python", "def f(a=1):\n    return «a|b» + a\n\nf(a=2)\n",
             "def f(b=1):\n    return b + b\n\nf(b=2)\n");
}

TEST_CASE("so do calls of methods and constructors where it is plain whose they are") {
  check_next("python", R"(class Box:
    def __init__(self, «size|side»):
        self.size = size

    def grow(self, size):
        return Box(size=self.size + size)

Box(size=1).grow(size=2)
)",
             R"(class Box:
    def __init__(self, side):
        self.size = side

    def grow(self, size):
        return Box(side=self.size + size)

Box(side=1).grow(size=2)
)");
  check_next("python", R"(class Box:
    def grow(self, «by|more»):
        return self.grow(by=by - 1) or Box.grow(self, by=1) or other.grow(by=2)
)",
             R"(class Box:
    def grow(self, more):
        return self.grow(more=more - 1) or Box.grow(self, more=1) or other.grow(by=2)
)");
  check_next("python", R"(@dataclass
class Point:
    «x|left»: int
    y: int = 0

Point(x=1, y=2), Other(x=3)
)",
             R"(@dataclass
class Point:
    left: int
    y: int = 0

Point(left=1, y=2), Other(x=3)
)");
}

TEST_CASE(
    "an argument's name stays where the function may be another one, or takes it by its place") {
  check_nothing("python",
                "def f(«a|b»):\n    pass\n\nif x:\n    def f(a):\n        pass\n\nf(a=1)\n");
  check_nothing("python", "def f(«a|b», /, **rest):\n    pass\n\nf(1, a=1)\n");
  check_nothing("python", "def f(**«a|b»):\n    pass\n\nf(a=1)\n");
  check_nothing("python", "def f(c=«a|b»):\n    pass\n\nf(a=1)\n");
  check_nothing("python", "class A:\n    def f(self, «a|b»):\n        pass\n\nf(a=1)\n");
  check_nothing("python", "class A:\n    x = «a|b»\n    y: int\n\nA(a=1)\n");
  check_nothing("python", "def f(«a|b», c):\n    b = 1\n\nf(a=1)\n");
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
