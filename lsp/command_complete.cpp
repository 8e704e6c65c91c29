#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iomanip>
#include <iostream>

#include "engine/base/format.h"
#include "engine/base/read_file.h"
#include "lsp/commands.h"
#include "lsp/daemon/place.h"
#include "lsp/engine_model.h"
#include "lsp/questions.h"
#include "lsp/text/uri.h"
#include "lsp/wire/report.h"

namespace lsp {
namespace {

using base::fail;

// The index of a large project is finished by later calls, or by the daemon.
constexpr std::chrono::seconds longest_indexing{2};

struct Place {
  std::string file;
  text::Position position;  // from 0
};

std::optional<uint32_t> number_from_1(std::string_view text) {
  uint32_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

base::Result<Place> parse_place(const std::string& text) {
  const size_t column = text.rfind(':');
  const size_t line =
      column == std::string::npos || column == 0 ? column : text.rfind(':', column - 1);
  if (line == std::string::npos || line == 0) return fail("'", text, "' is not FILE:LINE:COLUMN");
  const auto line_number =
      number_from_1(std::string_view(text).substr(line + 1, column - line - 1));
  const auto column_number = number_from_1(std::string_view(text).substr(column + 1));
  if (!line_number || !column_number) {
    return fail("'", text, "': line and column are whole numbers from 1");
  }
  return Place{text.substr(0, line), {*line_number - 1, *column_number - 1}};
}

wire::Provenance why_of(features::Completion completion, double ms, const EngineModel& model) {
  const engine::session::Outcome& outcome = completion.outcome;
  return {.probability = probability_of(completion.log_probability),
          .model_probability = probability_of(completion.model_log_probability),
          .prompt_tokens = outcome.prompt_tokens,
          .cached_tokens = outcome.cached_tokens,
          .accepted_tokens = outcome.accepted_tokens,
          .context_tokens = model.context_tokens(),
          .context_ms = ms - completion.engine_ms - completion.others_ms,
          .prefill_ms = outcome.prefill_ms,
          .decode_ms = outcome.decode_ms,
          .sources = {},
          .experts = wire_experts(std::move(completion.experts)),
          .adapter = model.info().adapter};
}

std::string in_one_line(const std::string& token) {
  std::string line;
  for (const char each : token) line += each == '\n' ? "\\n" : std::string(1, each);
  return line;
}

// For people.
void print_why(const wire::CompletionReport& report) {
  const wire::Provenance& why = *report.why;
  std::ostream& out = std::cerr;
  out << std::fixed << std::setprecision(0) << '\n';
  if (!report.text.empty() && why.probability) {
    out << "right with a probability of " << 100 * *why.probability
        << (why.model_probability ? " %, model and memory say" : " %, the model says");
    if (why.model_probability) {
      out << "; the model alone, " << 100 * *why.model_probability << " %";
    }
    out << '\n';
  }
  out << report.ms << " ms: " << why.context_ms << " gathering context, " << why.prefill_ms
      << " reading it, " << why.decode_ms << " writing\n"
      << "prompt of " << why.prompt_tokens << " tokens (" << why.cached_tokens
      << " kept from before), of " << why.context_tokens << " that the model can read\n"
      << report.tokens << " tokens generated, " << why.accepted_tokens
      << " of them guessed ahead\n";
  if (!why.adapter.empty()) out << "with the adapter " << why.adapter << '\n';
  for (const auto& [what, reason, tokens] : report.context) {
    if (tokens > 0) out << std::setw(7) << tokens << " tokens  " << what << " (" << reason << ")\n";
  }
  if (!why.experts.empty()) out << "experts, layer by layer:\n";
  for (const auto& [token, layers] : why.experts) {
    out << std::setw(16) << in_one_line(token) << " ";
    for (const auto& experts : layers) {
      for (size_t i = 0; i < experts.size(); ++i) out << (i == 0 ? " " : ",") << experts[i];
    }
    out << '\n';
  }
}

base::Result<wire::CompletionReport> complete_at(const Place& place,
                                                 const server::Settings& settings,
                                                 const ModelChoice& choice, size_t most) {
  auto content = base::read_file(place.file);
  if (!content) return content.error();
  if (content->find('\0') != std::string::npos) return fail("'", place.file, "' is no text file");
  const auto path = std::filesystem::weakly_canonical(place.file);
  const auto document = std::make_shared<const text::Document>(text::uri_of(path.string()), "", 0,
                                                               std::move(*content));
  const size_t last = document->line_count();
  if (place.position.line >= last) {
    // What stands behind the last newline is a place, and no line of the file.
    const size_t lines = last - (document->line(last - 1).empty() ? 1 : 0);
    return fail(place.file, " has ", lines, lines == 1 ? " line" : " lines", "; there is no line ",
                place.position.line + 1);
  }
  const size_t cursor = document->offset_of(place.position, text::Encoding::utf32);
  // Positions past a line's end are taken as its end, which here would hide a slip of the hand.
  if (document->position_of(cursor, text::Encoding::utf32).character != place.position.character) {
    return fail(place.file, ":", place.position.line + 1, " has ",
                document->position_of(cursor, text::Encoding::utf32).character,
                " characters; there is no column ", place.position.character + 1);
  }
  const auto cache = daemon::cache_folder();
  auto model = EngineModel::load(std::make_shared<SharedEngine>(
      settings, engine::session::PrefixFolder(), cache ? *cache + "/index" : ""));
  if (!model) return model.error();
  if (const std::string notice = (*model)->notice(); !notice.empty()) {
    if (choice.adapter && (*model)->info().adapter != *choice.adapter) return fail(notice);
    std::cerr << "lemma complete: " << notice << '\n';
  }
  const std::vector<std::string> folders{text::uri_of(project_of(path).string())};
  (*model)->wait_for_workspace(document->uri(), folders, longest_indexing);
  const auto begin = std::chrono::steady_clock::now();
  const server::Question question{
      .document = document,
      .cursor = cursor,
      .others = {},
      .folders = folders,
      .selected = std::nullopt,
      .trigger = server::Trigger::invoked,
      .extent = settings.completion.multiline ? server::Extent::block : server::Extent::line,
      .max_tokens = settings.completion.tokens,
      .most = most};
  auto found = (*model)->completions(question, {});
  if (!found) return found.error();
  wire::CompletionReport report{.model = settings.model};
  report.ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  text::Range range{question.cursor, question.cursor};
  if (!found->empty()) {
    features::Completion& first = found->front();
    range = first.range;
    report.text = std::move(first.text);
    report.silence = std::move(first.silence);
    report.tokens = first.outcome.generated_tokens;
    for (const context::Source& source : first.context) {
      report.context.push_back({source.what, source.why, source.tokens});
    }
    report.why = why_of(std::move(first), report.ms, **model);
  }
  for (size_t i = 1; i < found->size(); ++i) {
    features::Completion& other = (*found)[i];
    const auto end = document->position_of(other.range.end, text::Encoding::utf32);
    report.others.push_back({std::move(other.text), end, probability_of(other.log_probability)});
  }
  report.start = document->position_of(range.begin, text::Encoding::utf32);
  report.end = document->position_of(range.end, text::Encoding::utf32);
  return report;
}

}  // namespace

int run_complete(const std::string& place_text, const ModelChoice& choice, Why why, size_t most,
                 Output output) {
  const auto place = parse_place(place_text);
  if (!place) {
    std::cerr << "lemma complete: " << place.message() << '\n';
    return 2;
  }
  const MachineSettings machine = read_machine_settings(choice);
  for (const server::Problem& problem : machine.problems) {
    std::cerr << "lemma: " << problem.message << '\n';
  }
  auto report = complete_at(*place, machine.settings, choice, most);
  if (!report) {
    std::cerr << "lemma complete: " << report.message() << '\n';
    return 1;
  }
  if (why == Why::untold) report->why.reset();
  if (output == Output::json) {
    std::cout << wire::to_json(*report) << '\n';
  } else if (report->text.empty()) {
    std::cerr << "lemma complete: nothing worth showing here: " << report->silence << '\n';
  } else {
    std::cout << report->text << '\n';
  }
  for (const auto& other : report->others) {
    if (output == Output::text) std::cout << "or\n" << other.text << '\n';
  }
  if (output == Output::text && report->why) print_why(*report);
  return 0;
}

}  // namespace lsp
