// libFuzzer target: what comes back from the untrusted side of the sandbox, as any bytes: a
// harness's records, reports of compilers and runtimes, and the messages between the library and
// its helper.
#include <cstddef>
#include <cstdint>

#include "engine/base/check.h"
#include "sandbox/languages/diagnostics.h"
#include "sandbox/languages/doctests.h"
#include "sandbox/languages/records.h"
#include "sandbox/languages/traces.h"
#include "sandbox/runner/capture.h"
#include "sandbox/runner/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sandbox;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const languages::Findings findings = languages::read_records(bytes);
  languages::Findings claimed = findings;
  languages::doubt(findings, "token", languages::Canary::planted);
  // What was read can be written, and reads the same again.
  for (const languages::Failure& failure : findings.failures) {
    const auto again =
        languages::read_records(languages::record({"failure", failure.type, failure.message}));
    INVARIANT(again.failures.size() == 1 && again.failures[0].message == failure.message);
  }
  if (const auto plan = runner::decode_plan(bytes)) {
    INVARIANT(runner::decode_plan(runner::encode(*plan)).has_value());
  }
  if (const auto job = runner::decode_job(bytes)) {
    INVARIANT(runner::encode(*job) == bytes);
  }
  INVARIANT(languages::read_compiler(bytes, "/").diagnostics.size() <= 200);
  languages::read_sanitizers(bytes);
  languages::read_traces(bytes);
  const languages::Doctests doctests = languages::find_doctests(bytes, "module");
  INVARIANT(doctests.text.size() <= size);
  languages::judge(doctests.tests, "file", claimed);
  languages::Findings tests;
  languages::read_go_tests(bytes, "token", tests);
  languages::read_rust_tests(bytes, "token", tests);
  runner::Capture capture(7);
  for (size_t at = 0; at < size; at += 5) capture.append(bytes.substr(at, 5));
  INVARIANT(capture.bytes() == size && capture.text().size() >= (size < 14 ? size : 14));
  return 0;
}
