// What a language's own runtime, or a sanitizer, prints about a failure, as data: the fallback
// where no harness writes records. Any bytes may arrive.
#pragma once

#include <string_view>
#include <vector>

#include "sandbox/languages/records.h"

namespace sandbox::languages {

// Reports of the address and undefined-behaviour sanitizers: one failure each, with the report's
// kind ("heap-buffer-overflow") as its type.
std::vector<Failure> read_sanitizers(std::string_view errors);

// Panics of Rust and Go, exceptions of Java, Python and Node, errors of Bash, and what C and C++
// programs say when they abort. The outermost frame first.
std::vector<Failure> read_traces(std::string_view errors);

// Results of `rustc --test` programs and of `go test -json`, as the harnesses of other languages
// give them. Planned are the tests that they announced; the token is there where the end was.
void read_rust_tests(std::string_view output, const std::string& token, Findings& findings);
void read_go_tests(std::string_view output, const std::string& token, Findings& findings);

}  // namespace sandbox::languages
