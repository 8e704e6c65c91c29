#include "sandbox/languages/records.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "engine/base/format.h"

namespace sandbox::languages {
namespace {

constexpr size_t max_recorded_failures = 100;
constexpr size_t max_recorded_frames = 100;
constexpr size_t max_locals = 100;
constexpr size_t max_tests = 100'000;
constexpr size_t max_outputs = 10'000;

std::string unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    const char next = text[++i];
    plain += next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next;
  }
  return plain;
}

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> fields;
  for (;;) {
    const size_t tab = line.find('\t');
    fields.push_back(unescape(line.substr(0, tab)));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

int line_number(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::max(number, 0);
}

// False: no record.
bool add(std::vector<std::string> fields, Findings& findings) {
  const std::string& kind = fields[0];
  std::vector<Failure>& failures = findings.failures;
  if (kind == "failure" && fields.size() == 3) {
    if (failures.size() < max_recorded_failures) failures.push_back({fields[1], fields[2], {}});
  } else if (kind == "frame" && fields.size() == 4 && !failures.empty()) {
    std::vector<Frame>& frames = failures.back().frames;
    if (frames.size() < max_recorded_frames) {
      frames.push_back({fields[1], line_number(fields[2]), fields[3], {}});
    }
  } else if (kind == "local" && fields.size() == 3 && !failures.empty() &&
             !failures.back().frames.empty()) {
    std::vector<Local>& locals = failures.back().frames.back().locals;
    if (locals.size() < max_locals) locals.push_back({fields[1], fields[2]});
  } else if (kind == "test" && fields.size() == 4) {
    const bool canary = fields[1] == "canary";
    if (canary && fields[2] == "failed") ++findings.canaries;
    if (!canary && findings.tests.size() < max_tests) {
      findings.tests.push_back({fields[1], fields[2], fields[3]});
    }
  } else if (kind == "planned" && fields.size() == 2) {
    if (fields[1] != "canary" && findings.planned.size() < max_tests) {
      findings.planned.push_back(fields[1]);
    }
  } else if (kind == "example" && fields.size() == 5) {
    if (findings.outputs.size() < max_outputs) {
      findings.outputs.push_back(
          {fields[1], line_number(fields[2]), fields[3], fields[4], failures.size() - 1});
    }
  } else if (kind == "end" && fields.size() == 2) {
    findings.token = fields[1];
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    switch (byte) {
      case '\\':
        escaped += "\\\\";
        break;
      case '\t':
        escaped += "\\t";
        break;
      case '\n':
        escaped += "\\n";
        break;
      case '\r':
        escaped += "\\r";
        break;
      default:
        escaped += byte;
    }
  }
  return escaped;
}

std::string record(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (!line.empty()) line += '\t';
    line += escape(field);
  }
  line += '\n';
  return line;
}

Findings read_records(std::string_view text) {
  Findings findings;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty() && !add(split(line), findings)) ++findings.unreadable;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return findings;
}

std::string doubt(const Findings& findings, const std::string& token, Canary canary) {
  using engine::base::concat;
  if (findings.token != token) return "the tests ended before their end was reached";
  if (canary == Canary::planted && findings.canaries != 1)
    return "a test that must fail did not fail";
  if (findings.unreadable > 0) return "the tests' report was written by something else";
  std::vector<std::string> ran;
  for (const Test& test : findings.tests) ran.push_back(test.name);
  std::vector<std::string> planned = findings.planned;
  std::sort(ran.begin(), ran.end());
  std::sort(planned.begin(), planned.end());
  if (ran != planned) {
    return concat(planned.size(), " tests were planned and ", ran.size(),
                  " reported, or not the same ones");
  }
  for (const Test& test : findings.tests) {
    if (test.outcome == "failed" || test.outcome == "error") {
      return concat(test.name, " failed, and yet it ended as if nothing had");
    }
  }
  return planned.empty() ? "there are no tests in it" : "";
}

}  // namespace sandbox::languages
