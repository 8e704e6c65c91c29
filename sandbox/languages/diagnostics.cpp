#include "sandbox/languages/diagnostics.h"

#include <algorithm>
#include <filesystem>
#include <regex>

#include "engine/base/format.h"
#include "sandbox/languages/json.h"

namespace sandbox::languages {
namespace {

using engine::base::concat;

constexpr size_t max_diagnostics = 200;
// A longer line is no diagnostic, and std::regex recurses once for each character.
constexpr size_t max_line_bytes = 2000;

class CompilerReader {
 public:
  explicit CompilerReader(const std::string& folder) : folder_(folder) {}

  void read(std::string_view rest) {
    while (!rest.empty()) {
      std::string_view json = rest;
      if ((rest.front() == '[' || rest.front() == '{') && read_json(json)) {
        rest = json;
        continue;
      }
      const size_t end = std::min(rest.find('\n'), rest.size());
      read_line(std::string(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  CompilerReport take() { return std::move(report_); }

 private:
  // True where it was JSON of a compiler, which `text` then no longer begins with.
  bool read_json(std::string_view& text) {
    const auto json = Json::read(text);
    if (!json) return false;
    if (!text.empty() && text.front() == '\n') text.remove_prefix(1);
    if (!(*json)["spans"].items().empty() || !(*json)["rendered"].text().empty()) {
      add_rust(*json);
      return true;
    }
    for (const Json& item : json->items()) add_gcc(item);
    return true;
  }

  void add_gcc(const Json& item) {
    Diagnostic found{.severity = severity_of(item["kind"].text()),
                     .message = item["message"].text()};
    if (!item["locations"].items().empty()) {
      const Json& caret = item["locations"].items().front()["caret"];
      found.file = absolute(caret["file"].text());
      found.line = caret["line"].integer();
      found.column = caret["byte-column"].integer();
    }
    report_.text += concat(found.file, ":", found.line, ":", found.column, ": ", found.severity,
                           ": ", found.message, "\n");
    add(std::move(found));
    for (const Json& child : item["children"].items()) add_gcc(child);
  }

  void add_rust(const Json& item) {
    Diagnostic found{.severity = severity_of(item["level"].text()),
                     .message = item["message"].text()};
    report_.text += item["rendered"].text();
    for (const Json& span : item["spans"].items()) {
      if (!span["is_primary"].truth() || found.line != 0) continue;
      found.file = absolute(span["file_name"].text());
      found.line = span["line_start"].integer();
      found.column = span["column_start"].integer();
      if (!span["label"].text().empty()) found.message += ": " + span["label"].text();
    }
    // The last one only counts the others.
    if (!found.file.empty()) add(std::move(found));
  }

  void read_line(const std::string& line) {
    report_.text += line + "\n";
    if (line.size() > max_line_bytes) return;
    static const std::regex placed(  // gcc, clang, ld, javac, luac, go
        R"(^(?:luac[\d.]*: )?((?:\./)?[^\s:][^:]*):(\d+):(?:(\d+):)?\s*)"
        R"((?:(fatal error|error|warning|note): )?(.+)$)");
    static const std::regex esbuild_kind(R"(^\S+ \[(ERROR|WARNING)\] (.+)$)");
    static const std::regex esbuild_place(R"(^    ([^\s:][^:]*):(\d+):(\d+):$)");
    std::smatch match;
    if (std::regex_match(line, match, esbuild_kind)) {
      add({.severity = match[1] == "ERROR" ? "error" : "warning", .message = match[2]});
    } else if (std::regex_match(line, match, esbuild_place) && !report_.diagnostics.empty() &&
               report_.diagnostics.back().line == 0) {
      Diagnostic& last = report_.diagnostics.back();
      last.file = absolute(match[1]);
      last.line = number(match[2]);
      last.column = number(match[3]) + 1;  // esbuild counts from 0
    } else if (std::regex_match(line, match, placed)) {
      add({absolute(match[1]), number(match[2]), number(match[3]),
           match[4].matched ? severity_of(match[4]) : "error", match[5]});
    } else if (line.find_first_not_of(' ') != std::string::npos &&
               line[line.find_first_not_of(' ')] == '^') {
      // javac shows the column below the line, and says it nowhere else.
      if (!report_.diagnostics.empty() && report_.diagnostics.back().column == 0) {
        report_.diagnostics.back().column = static_cast<int>(line.find('^')) + 1;
      }
    }
  }

  void add(Diagnostic found) {
    if (report_.diagnostics.size() < max_diagnostics) {
      report_.diagnostics.push_back(std::move(found));
    }
  }

  static std::string severity_of(const std::string& kind) {
    if (kind == "warning") return "warning";
    return kind == "note" || kind == "help" ? "note" : "error";
  }
  static int number(const std::string& digits) {
    return digits.empty() || digits.size() > 9 ? 0 : std::stoi(digits);
  }
  std::string absolute(const std::string& file) const {
    if (file.empty()) return file;
    return (std::filesystem::path(folder_) / file).lexically_normal();
  }

  const std::string& folder_;
  CompilerReport report_;
};

}  // namespace

CompilerReport read_compiler(std::string_view output, const std::string& folder) {
  CompilerReader reader(folder);
  reader.read(output);
  return reader.take();
}

}  // namespace sandbox::languages
