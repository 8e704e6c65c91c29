// Small changes that mend slips which people make in any language.
#include <algorithm>

#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

TEST_CASE("a loop takes the step that it lacks, in each language's own way") {
  check_offers("python", "while i < len(items):\n    g(items[i])\n",
               "while i < len(items):\n    g(items[i])\n    i += 1\n");
  check_offers("python", "while n > 0:\n    total += n % 10\n",
               "while n > 0:\n    total += n % 10\n    n //= 10\n");
  check_offers("python", "while node:\n    g(node.value)\nx = node.next\n",
               "while node:\n    g(node.value)\n    node = node.next\nx = node.next\n");
  check_offers("javascript", "while (i <= n) {\n  total += i;\n}\n",
               "while (i <= n) {\n  total += i;\n  i++;\n}\n");
}

TEST_CASE("brackets are put around what was meant first, however much follows") {
  check_offers("python", "x = f - 32 * 5 / 9\n", "x = (f - 32) * 5 / 9\n");
}

TEST_CASE("a part ends where its length says, and has the length that its end says") {
  check_offers("javascript", "out.push(list.slice(i, size));\n",
               "out.push(list.slice(i, i + size));\n");
  check_offers("python", "out.append(text[i:width])\n", "out.append(text[i:i + width])\n");
  check_offers("cpp", "auto s = text.substr(begin, end);\n",
               "auto s = text.substr(begin, end - begin);\n");
}

TEST_CASE("where a type has no such member, one that it has may be meant") {
  check_offers("javascript", "x = name.toUppercase();\n", "x = name.toUpperCase();\n",
               {.type = "TypeError", .message = "name.toUppercase is not a function", .tests = ""});
  check_offers("python", "x.appned(1)\n", "x.append(1)\n",
               {.type = "AttributeError",
                .message = "'list' object has no attribute 'appned'",
                .tests = ""});
}

TEST_CASE("all are replaced, by the name of the call or the pattern's flag") {
  check_offers("javascript", "x = t.replace(' ', '-');\n", "x = t.replaceAll(' ', '-');\n");
  check_offers("javascript", "x = t.replace(/ /, '-');\n", "x = t.replace(/ /g, '-');\n");
}

TEST_CASE("no number is made octal") {
  const auto changed = changes_of("javascript", "x = year % 100;\n");
  CHECK(std::find(changed.begin(), changed.end(), "x = year % 010;\n") == changed.end());
}
