#include "run_length.cpp"

#include <cassert>

void nothing() { assert(encode("").empty() && decode("").empty()); }

void one_run() { assert(encode("zzzz") == "4z"); }

void several_runs() { assert(encode("aaabcc") == "3a1b2c"); }

void back_again() { assert(decode("12x1y") == "xxxxxxxxxxxxy"); }

void broken_codes() {
  for (const char* code : {"a", "3", "2a4"}) {
    try {
      decode(code);
      assert(false);
    } catch (const std::invalid_argument&) {
    }
  }
}

int main() {
  nothing();
  one_run();
  several_runs();
  back_again();
  broken_codes();
}
