// TypeScript: JavaScript's rules, run by way of esbuild.
#include "tests/lsp/features/debug/check.h"

using namespace lsp::features::debug;

TEST_CASE("a TypeScript program is mended, and its types are left alone") {
  const Report report =
      debug_project("stock.ts",
                    "export interface Item { name: string; count: number }\n\n"
                    "export function total(items: Item[]): number {\n  let sum: number = 0;\n"
                    "  for (let i = 0; i <= items.length; i++) {\n    sum += items[i].count;\n  }\n"
                    "  return sum;\n}\n",
                    "stock.test.ts",
                    "import { test } from 'node:test';\nimport assert from 'node:assert';\n"
                    "import { total, Item } from './stock';\n\n"
                    "const items: Item[] = [{ name: 'a', count: 2 }, { name: 'b', count: 5 }];\n"
                    "test('of two', () => { assert.strictEqual(total(items), 7); });\n"
                    "test('of none', () => { assert.strictEqual(total([]), 0); });\n");
  REQUIRE(report.failure.has_value());
  CHECK(report.failure->type == "TypeError");
  REQUIRE_FALSE(report.hints.empty());
  INFO(report.hints.front().text << "\n" << report.note);
  CHECK(report.hints.front().line == 6);
  CHECK(report.hints.front().text.find("There i = 2") != std::string::npos);
  REQUIRE_FALSE(report.fixes.empty());
  const Fix& fix = report.fixes.front();
  INFO(fix.evidence << "\n" << fix.diff);
  CHECK(fix.evidence.starts_with("passes 2 of 2 tests"));
  CHECK(fix.diff.find("+  for (let i = 0; i < items.length; i++) {") != std::string::npos);
}

TEST_CASE("a TypeScript program that runs by itself tells where it fails") {
  const Report report = debug_project(
      "greet.ts",
      "function greet(name: string | null): string {\n  return 'Hello ' + name!.trim();\n}\n\n"
      "console.log(greet(null));\n",
      "", "", 6'000);
  REQUIRE(report.failure.has_value());
  REQUIRE_FALSE(report.failure->frames.empty());
  CHECK(report.failure->frames.back().line == 2);
  for (const Fix& fix : report.fixes) CHECK(fix.verified != Verified::yes);
}
