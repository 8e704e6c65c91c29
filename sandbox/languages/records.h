// What a harness writes down about a run: one record a line, fields separated by tabs, with \t, \n,
// \r and \\ escaped. The program that ran could have written any of it: readers take it as a claim,
// bounded and never executed.
//
//   failure  TYPE  MESSAGE            frame  FILE  LINE  FUNCTION       local  NAME  VALUE
//   planned  TEST                     test   TEST  OUTCOME  MESSAGE     end    TOKEN
//   example  TEST  LINE  OUTPUT  EXCEPTION
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox::languages {

struct Local {
  std::string name;
  std::string value;
};
struct Frame {
  std::string file;
  int line = 0;  // from 1; 0: unknown
  std::string function;
  std::vector<Local> locals;
};
struct Failure {
  std::string type;
  std::string message;
  std::vector<Frame> frames;  // the outermost first
};
struct Test {
  std::string name;
  std::string outcome;  // "passed", "failed", "error", "skipped"
  std::string message;
};

// What a line of a doctest printed, and what it threw.
struct Output {
  std::string test;
  int line = 0;
  std::string text;
  std::string exception;
  size_t failure = 0;  // that tells of the exception: the one before
};

struct Findings {
  std::vector<Failure> failures;
  std::vector<Output> outputs;
  std::vector<Test> tests;  // without the canary
  std::vector<std::string> planned;
  std::string token;      // of the end record; empty where the end was never reached
  size_t canaries = 0;    // canary tests that failed, as one must
  size_t unreadable = 0;  // lines that are no record
};

std::string escape(std::string_view text);
std::string record(const std::vector<std::string>& fields);  // with its newline
// Any bytes. What exceeds the bounds (failures, frames, locals, tests) is left out.
Findings read_records(std::string_view text);

// Why these tests prove nothing, or empty: every planned test must have run once, a test that must
// fail must have failed, none of the others may have, and the end must have been reached.
// A harness whose tests run in another process than itself plants no canary.
enum class Canary { planted, none };
std::string doubt(const Findings& findings, const std::string& token, Canary canary);

}  // namespace sandbox::languages
