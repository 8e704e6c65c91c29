#include "sandbox/languages/traces.h"

#include <algorithm>
#include <regex>

#include "sandbox/languages/json.h"

namespace sandbox::languages {
namespace {

constexpr size_t max_frames = 100;
constexpr size_t max_failures = 20;
// std::regex recurses once for each character of a line.
constexpr size_t max_line_bytes = 2000;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, std::min(end, max_line_bytes)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

int number(const std::string& digits) {
  return digits.empty() || digits.size() > 9 ? 0 : std::stoi(digits);
}

Frame frame_of(const std::string& file, const std::string& line, std::string function) {
  return {file, number(line), std::move(function), {}};
}

}  // namespace

std::vector<Failure> read_sanitizers(std::string_view errors) {
  static const std::regex address(R"(^==\d+==ERROR: AddressSanitizer: (\S+)(.*)$)");
  static const std::regex undefined(R"(^(\S[^:]*):(\d+):(\d+): runtime error: (.+)$)");
  static const std::regex call(R"(^\s+#\d+ 0x[0-9a-f]+ in (.+) (/[^\s:]+):(\d+)(:\d+)?$)");
  std::vector<Failure> failures;
  bool in_stack = false, done = false;
  std::smatch match;
  for (const std::string& line : lines_of(errors)) {
    if (std::regex_match(line, match, address) || std::regex_match(line, match, undefined)) {
      if (failures.size() == max_failures) break;
      const bool overrun = match.size() == 3;
      failures.push_back({overrun ? match[1].str() : "undefined-behavior",
                          overrun ? match[1].str() + match[2].str() : match[4].str(),
                          {}});
      if (!overrun) failures.back().frames = {frame_of(match[1], match[2], "")};
      in_stack = done = false;
    } else if (!failures.empty() && !done && std::regex_match(line, match, call)) {
      // Only the first stack is where it happened; the next say where memory came from.
      std::vector<Frame>& frames = failures.back().frames;
      if (!in_stack) frames.clear();
      in_stack = true;
      if (frames.size() < max_frames) frames.push_back(frame_of(match[2], match[3], match[1]));
    } else if (in_stack && line.empty()) {
      done = true;
    }
  }
  for (Failure& failure : failures) std::reverse(failure.frames.begin(), failure.frames.end());
  return failures;
}

namespace {

// Each reads one runtime's way to say it; the innermost call comes first there.

std::vector<Failure> rust_panics(const std::vector<std::string>& lines) {
  static const std::regex old_begin(R"(^thread '.*' panicked at '(.*)', ([^:]+):(\d+):\d+$)");
  static const std::regex begin(R"(^thread '.*' (?:\(\d+\) )?panicked at ([^:]+):(\d+):\d+:$)");
  static const std::regex call(R"(^\s+\d+: (.+)$)");
  static const std::regex place(R"(^\s+at (.+):(\d+):\d+$)");
  std::vector<Failure> failures;
  std::string function;
  std::smatch match;
  for (size_t i = 0; i < lines.size() && failures.size() < max_failures; ++i) {
    if (std::regex_match(lines[i], match, old_begin)) {
      failures.push_back({"panic", match[1], {frame_of(match[2], match[3], "")}});
    } else if (std::regex_match(lines[i], match, begin)) {
      const std::string message = i + 1 < lines.size() ? lines[i + 1] : "";
      failures.push_back({"panic", message, {frame_of(match[1], match[2], "")}});
    } else if (std::regex_match(lines[i], match, call)) {
      function = match[1];
    } else if (!failures.empty() && std::regex_match(lines[i], match, place) &&
               !match[1].str().starts_with("/rustc/") && !function.starts_with("std::") &&
               !function.starts_with("core::") && failures.back().frames.size() < max_frames) {
      std::vector<Frame>& frames = failures.back().frames;
      if (frames.size() == 1 && frames[0].function.empty()) frames.clear();
      frames.push_back(frame_of(match[1], match[2], function));
    }
  }
  return failures;
}

std::vector<Failure> go_panics(const std::vector<std::string>& lines) {
  static const std::regex begin(R"(^(panic|fatal error|SIGQUIT): (.+)$)");
  static const std::regex call(R"(^([\w./*()-]+)\(.*\)$)");
  static const std::regex place(R"(^\t(/\S+\.go):(\d+).*$)");
  std::vector<Failure> failures;
  std::string function;
  bool done = false;
  std::smatch match;
  for (const std::string& line : lines) {
    if (failures.empty() && std::regex_match(line, match, begin)) {
      const bool asked = match[1] == "SIGQUIT";
      failures.push_back({asked ? "Timeout" : match[1].str(),
                          asked ? "still running here when time was up" : match[2].str(),
                          {}});
    } else if (failures.empty() || done) {
      continue;
    } else if (std::regex_match(line, match, call)) {
      function = match[1];
    } else if (std::regex_match(line, match, place)) {
      const std::string file = match[1];
      const bool library = file.find("/src/runtime/") != std::string::npos ||
                           file.find("/src/testing/") != std::string::npos;
      if (!library && failures[0].frames.size() < max_frames) {
        failures[0].frames.push_back(frame_of(file, match[2], function));
      }
    } else if (line.empty() && !failures[0].frames.empty()) {
      done = true;  // the next goroutine
    }
  }
  return failures;
}

std::vector<Failure> java_exceptions(const std::vector<std::string>& lines) {
  static const std::regex begin(R"(^Exception in thread "[^"]*" ([\w.$]+)(?:: (.*))?$)");
  static const std::regex stuck(R"(^"main" #1 .*$)");
  static const std::regex call(R"(^\s+at ([\w.$<>/@]+)\(([\w$]+\.java):(\d+)\)$)");
  std::vector<Failure> failures;
  std::smatch match;
  for (const std::string& line : lines) {
    if (std::regex_match(line, match, begin)) {
      failures = {{match[1], match[1].str() + ": " + match[2].str(), {}}};
    } else if (std::regex_match(line, match, stuck)) {
      failures = {{"Timeout", "still running here when time was up", {}}};
    } else if (!failures.empty() && std::regex_match(line, match, call)) {
      if (failures[0].frames.size() < max_frames && !match[1].str().starts_with("java.")) {
        failures[0].frames.push_back(frame_of(match[2], match[3], match[1]));
      }
    } else if (!failures.empty() && line.empty()) {
      break;
    }
  }
  return failures;
}

// The last exception counts: the ones before were its causes.
std::vector<Failure> python_tracebacks(const std::vector<std::string>& lines) {
  static const std::regex call(R"re(^  File "([^"]+)", line (\d+)(?:, in (.+))?$)re");
  static const std::regex end(R"(^([A-Za-z_][\w.]*)(?:: (.*))?$)");
  std::vector<Failure> failures;
  bool inside = false;
  std::smatch match;
  for (const std::string& line : lines) {
    if (line == "Traceback (most recent call last):") {
      failures = {{"", "", {}}};
      inside = true;
    } else if (inside && std::regex_match(line, match, call)) {
      if (failures[0].frames.size() < max_frames) {
        failures[0].frames.push_back(frame_of(match[1], match[2], match[3]));
      }
    } else if (inside && std::regex_match(line, match, end)) {
      failures[0].type = match[1];
      failures[0].message = line;
      inside = false;
    }
  }
  // As the others list them: the innermost first.
  for (Failure& failure : failures) std::reverse(failure.frames.begin(), failure.frames.end());
  return failures;
}

std::vector<Failure> node_stacks(const std::vector<std::string>& lines) {
  static const std::regex unparsed(R"(^(?:file://)?(/\S+\.[cm]?[jt]s):(\d+)$)");
  static const std::regex begin(R"(^(?:Uncaught )?(\w*Error)(?: \[\w+\])?: (.*)$)");
  static const std::regex call(
      R"(^\s+at (?:async )?(?:(\S.*) \()?(?:file://)?(/[^:]+):(\d+):\d+\)?$)");
  std::vector<Failure> failures;
  std::vector<Frame> place;
  std::smatch match;
  for (const std::string& line : lines) {
    if (std::regex_match(line, match, unparsed)) {
      place = {frame_of(match[1], match[2], "")};
    } else if (failures.empty() && std::regex_match(line, match, begin)) {
      failures = {{match[1], line, {}}};
    } else if (!failures.empty() && std::regex_match(line, match, call)) {
      if (failures[0].frames.size() < max_frames) {
        failures[0].frames.push_back(frame_of(match[2], match[3], match[1]));
      }
    }
  }
  if (!failures.empty() && !place.empty() && failures[0].type == "SyntaxError") {
    failures[0].frames = place;
  }
  return failures;
}

// One sentence and one place, or none.
std::vector<Failure> sentences(const std::vector<std::string>& lines) {
  // A name without a backquote: else a hostile line takes as long as the cube of its length.
  static const std::regex assertion(R"(^.*: ([^\s:]+):(\d+): ([^`]+): Assertion `(.*)' failed\.$)");
  static const std::regex thrown(R"(^terminate called after throwing an instance of '(.+)'$)");
  static const std::regex what(R"(^  what\(\):  (.*)$)");
  static const std::regex bash(R"(^([^\s:]+): line (\d+): (.+)$)");
  std::vector<Failure> failures;
  std::smatch match;
  for (const std::string& line : lines) {
    if (std::regex_match(line, match, assertion)) {
      failures = {{"assertion", match[4], {frame_of(match[1], match[2], match[3])}}};
    } else if (std::regex_match(line, match, thrown)) {
      failures = {{match[1], "", {}}};
    } else if (std::regex_match(line, match, what) && !failures.empty()) {
      failures.back().message = match[1];
    } else if (failures.empty() && std::regex_match(line, match, bash)) {
      failures = {{"error", match[3], {frame_of(match[1], match[2], "")}}};
    }
  }
  return failures;
}

}  // namespace

std::vector<Failure> read_traces(std::string_view errors) {
  const std::vector<std::string> lines = lines_of(errors);
  for (const auto read :
       {rust_panics, go_panics, java_exceptions, python_tracebacks, node_stacks}) {
    std::vector<Failure> failures = read(lines);
    for (Failure& failure : failures) std::reverse(failure.frames.begin(), failure.frames.end());
    if (!failures.empty()) return failures;
  }
  return sentences(lines);
}

void read_rust_tests(std::string_view output, const std::string& token, Findings& findings) {
  static const std::regex test(R"(^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored).*$)");
  static const std::regex total(
      R"(^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;.*$)");
  std::smatch match;
  size_t counted = 0, reported = 0;
  for (const std::string& line : lines_of(output)) {
    if (std::regex_match(line, match, test)) {
      const std::string result = match[2];
      const char* outcome = result == "ok" ? "passed" : result == "ignored" ? "skipped" : "failed";
      findings.tests.push_back({match[1], outcome, ""});
      ++reported;
    } else if (std::regex_match(line, match, total)) {
      counted = static_cast<size_t>(number(match[1]) + number(match[2]) + number(match[3]));
      findings.token = token;
    }
  }
  for (const Test& each : findings.tests) findings.planned.push_back(each.name);
  // What was counted and is not named was printed by something else, or hidden.
  if (counted != reported) findings.token.clear();
}

namespace {

// A panic, or what t.Errorf said, with the place that said it.
void add_go_failure(const std::string& test, const std::string& text, Findings& findings) {
  std::vector<Failure> panics = read_traces(text);
  if (!panics.empty()) {
    findings.failures.push_back(std::move(panics.front()));
    return;
  }
  static const std::regex said(R"(^\s+(\S+\.go):(\d+): (.+)$)");
  std::smatch match;
  for (const std::string& line : lines_of(text)) {
    if (!std::regex_match(line, match, said)) continue;
    findings.failures.push_back({"error", match[3], {frame_of(match[1], match[2], test)}});
  }
}

}  // namespace

void read_go_tests(std::string_view output, const std::string& token, Findings& findings) {
  std::vector<std::pair<std::string, std::string>> texts;
  const auto text_of = [&](const std::string& name) -> std::string& {
    const auto found = std::find_if(texts.begin(), texts.end(),
                                    [&](const auto& pair) { return pair.first == name; });
    return found == texts.end() ? texts.emplace_back(name, "").second : found->second;
  };
  while (!output.empty()) {
    std::string_view line = output.substr(0, output.find('\n'));
    output.remove_prefix(std::min(line.size() + 1, output.size()));
    const auto json = Json::read(line);
    if (!json) continue;
    const std::string& action = (*json)["Action"].text();
    const std::string& name = (*json)["Test"].text();
    if (name.empty()) {
      if (action == "pass" || action == "fail") findings.token = token;
    } else if (action == "run") {
      findings.planned.push_back(name);
    } else if (action == "output") {
      if (text_of(name).size() < max_line_bytes) text_of(name) += (*json)["Output"].text();
    } else if (action == "pass" || action == "skip") {
      findings.tests.push_back({name, action == "pass" ? "passed" : "skipped", ""});
    } else if (action == "fail") {
      findings.tests.push_back({name, "failed", text_of(name)});
      add_go_failure(name, text_of(name), findings);
    }
  }
}

}  // namespace sandbox::languages
