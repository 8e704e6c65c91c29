// Changes that are repeated: in lines that were pasted, and where one was made twice.
#include "tests/lsp/features/next_edits/editor.h"

namespace next_edits_test {

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

TEST_CASE("a rename goes on through many places, and ends where its user does other things") {
  std::string text = "def f(a):\n";
  for (int i = 0; i < 60; ++i) text += "    g(a)\n";
  Editor editor("python", text);
  editor.replace(6, "a", "b");
  for (size_t left = 60; left > 0; --left) {
    const NextEdits next = editor.next();
    REQUIRE(next.edits.size() == left);
    if (left == 20) break;
    editor.replace(next.edits.front().range.begin, "a", "b");
  }
  for (size_t i = 0; i < 9; ++i) {
    CHECK(editor.next().edits.size() == 20);
    editor.replace(8 + 9 * i, "", " ");
    editor.replace(0, "", "#");
    editor.replace(0, "#", "");
    if (i == 2) break;
  }
  editor.replace(8 + 9 * 4, "", " ");
  editor.replace(0, "", "#");
  editor.replace(8 + 9 * 6, "", " ");
  CHECK(editor.next().edits.empty());
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

}  // namespace next_edits_test
