// `lemma model list` and `lemma model pull`.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "engine/base/format.h"
#include "engine/base/machine_limits.h"
#include "engine/base/split_name.h"
#include "engine/cli/known_models.h"
#include "engine/cli/load.h"
#include "engine/remote/download.h"
#include "engine/remote/model_source.h"
#include "engine/remote/sha256.h"
#include "lsp/commands.h"

namespace lsp {
namespace {

namespace base = engine::base;
namespace fs = std::filesystem;
namespace remote = engine::remote;
using base::concat;
using Clock = std::chrono::steady_clock;
using wire::ModelReport;

constexpr const char* default_hub = "https://huggingface.co";

std::string size_of(int64_t bytes) {
  std::ostringstream text;
  if (bytes >= 100'000'000'000) {
    text << (bytes + 500'000'000) / 1'000'000'000 << " GB";
  } else if (bytes >= 1'000'000'000) {
    text << std::fixed << std::setprecision(1) << static_cast<double>(bytes) / 1e9 << " GB";
  } else {
    text << bytes / 1'000'000 << " MB";
  }
  return text.str();
}

// A line on a terminal that is written over; nothing elsewhere.
class ProgressLine {
 public:
  explicit ProgressLine(std::string name) : name_(std::move(name)) {}
  ~ProgressLine() { clear(); }
  void show(const remote::DownloadProgress& progress);

 private:
  static constexpr std::chrono::milliseconds often{200};
  void clear();

  const std::string name_;
  const bool is_terminal_ = isatty(STDERR_FILENO) == 1;
  const Clock::time_point began_ = Clock::now();
  Clock::time_point shown_{};
  int64_t first_ = -1;  // bytes that were there when it began
  bool is_shown_ = false;
};

void ProgressLine::clear() {
  if (is_shown_) std::cerr << "\r\x1b[K" << std::flush;
}

void ProgressLine::show(const remote::DownloadProgress& progress) {
  using Phase = remote::DownloadProgress::Phase;
  const auto now = Clock::now();
  const bool loads = progress.phase == Phase::loading;
  if (loads && (first_ < 0 || progress.bytes < first_)) first_ = progress.bytes;
  if (!is_terminal_ || (now - shown_ < often && progress.phase != Phase::waiting)) return;
  shown_ = now;
  is_shown_ = true;
  std::ostringstream line;
  line << (loads ? "" : progress.phase == Phase::waiting ? "waiting: " : "verifying: ") << name_;
  if (progress.whole > 0) {
    constexpr int width = 20;
    const double part = static_cast<double>(progress.bytes) / static_cast<double>(progress.whole);
    const int full = static_cast<int>(part * width);
    line << " [" << std::string(full, '=') << std::string(width - full, ' ') << "] "
         << static_cast<int>(part * 100) << " %  " << size_of(progress.bytes) << " of "
         << size_of(progress.whole);
  } else {
    line << "  " << size_of(progress.bytes);
  }
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const double speed = seconds > 1 && loads ? (progress.bytes - first_) / seconds : 0;
  if (speed > 0) line << "  " << size_of(static_cast<int64_t>(speed)) << "/s";
  if (speed > 0 && progress.whole > 0) {
    const auto left = static_cast<int64_t>((progress.whole - progress.bytes) / speed);
    line << "  " << (left >= 120 ? concat(left / 60, " min") : concat(left, " s")) << " left";
  }
  winsize terminal{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &terminal) == 0 && terminal.ws_col > 1;
  const size_t columns = known ? terminal.ws_col - 1U : 79;
  std::cerr << '\r' << line.str().substr(0, columns) << "\x1b[K" << std::flush;
}

const char* name_of(remote::Vouched vouched) {
  switch (vouched) {
    case remote::Vouched::by_given_sum:
      return "given sum";
    case remote::Vouched::by_server_sum:
      return "server's sum";
    case remote::Vouched::by_size:
      return "size";
    default:
      return "nothing";
  }
}

// The variable is the one that the hub's own tools read, for a mirror.
std::string hub() {
  const char* endpoint = std::getenv("HF_ENDPOINT");
  std::string address = endpoint != nullptr && *endpoint != '\0' ? endpoint : default_hub;
  while (address.ends_with('/')) address.pop_back();
  return address;
}

// What was there before, verified once more.
base::Result<remote::Downloaded> verify_file(const std::string& name, const fs::path& path,
                                             const std::string& sha256) {
  ProgressLine line(name);
  std::error_code error;
  const auto whole = static_cast<int64_t>(fs::file_size(path, error));
  auto sum = remote::sha256_of_file(path.string(), [&](int64_t bytes) {
    line.show({remote::DownloadProgress::Phase::verifying, bytes, whole});
    return true;
  });
  if (!sum) return sum.error();
  const std::string wanted = base::lower_case(sha256);
  if (!wanted.empty() && wanted != *sum) {
    return base::fail(path.string(), " is there already, with the SHA-256 ", *sum, " and not ",
                      wanted, "; remove it to load the other");
  }
  return remote::Downloaded{
      whole, whole, *sum,
      wanted.empty() ? remote::Vouched::by_nothing : remote::Vouched::by_given_sum};
}

base::Result<wire::PullReport> pull(const PullChoice& choice) {
  const auto source = remote::find_model_source(choice.source, hub());
  if (!source) return source.error();
  if (source->files.size() > 1 && !choice.sha256.empty()) {
    return base::fail("--sha256 is of one file, and this model has ", source->files.size(),
                      " parts; leave it out, and the sums that the hub gives are checked");
  }
  const fs::path folder = models_folder();
  std::error_code error;
  fs::create_directories(folder, error);
  if (folder.empty() || error) {
    return base::fail("cannot make a folder for models in $XDG_DATA_HOME or ~/.local/share");
  }
  wire::PullReport report{.path = (folder / source->files.front().name).string()};
  std::vector<fs::path> loaded_now;
  for (const auto& file : source->files) {
    const fs::path path = folder / file.name;
    const bool is_here = fs::exists(path, error);
    ProgressLine line(file.name);
    const auto loaded =
        is_here ? verify_file(file.name, path, choice.sha256)
                : remote::download(
                      {.url = file.url, .path = path.string(), .sha256 = choice.sha256},
                      [&](const remote::DownloadProgress& progress) { line.show(progress); }, {});
    if (!loaded) return loaded.error();
    if (!is_here) loaded_now.push_back(path);
    report.bytes += loaded->bytes;
    report.resumed_at += loaded->resumed_at;
    report.sha256 = loaded->sha256;
    report.vouched = name_of(loaded->vouched);
  }
  report.was_here = loaded_now.empty();
  const auto need = engine::cli::need_of_file(report.path);
  if (!need) {
    for (const fs::path& path : loaded_now) fs::remove(path, error);
    return base::fail("lemma cannot run it", loaded_now.empty() ? "" : ", and has removed it", ": ",
                      need.message());
  }
  report.memory_bytes = need->weights + need->cache;
  const int64_t there = base::memory_limit();
  const auto fits = engine::backend::check_memory(engine::backend::fitted(*need, there), there);
  if (!fits) std::cerr << "lemma: it is kept, but " << fits.message() << '\n';
  return report;
}

// Of a file, of all parts, or of the weights in a folder.
uintmax_t model_bytes(const fs::path& path, std::error_code& error) {
  const bool is_folder = fs::is_directory(path, error);
  const auto part = base::read_split_name(path.filename().string());
  if (!is_folder && !part) return fs::file_size(path, error);
  uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(is_folder ? path : path.parent_path(), error)) {
    const std::string name = entry.path().filename();
    const auto other = base::read_split_name(name);
    const bool counts =
        is_folder ? name.ends_with(".safetensors") : other && other->stem == part->stem;
    if (counts) bytes += fs::file_size(entry.path(), error);
  }
  return bytes;
}

std::vector<ModelReport::Here> models_here(const server::Settings& settings) {
  std::vector<std::string> paths{settings.model};
  std::error_code error;
  for (const std::string& folder :
       {fs::path(default_model()).parent_path().string(), models_folder()}) {
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const auto part = base::read_split_name(entry.path().filename().string());
      const bool first = !part || part->number <= 1;
      if (entry.path().extension() == ".gguf" && first) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  std::vector<ModelReport::Here> models;
  for (const std::string& path : paths) {
    const uintmax_t bytes = model_bytes(path, error);
    if (!error) models.push_back({path, memory_beside(path), bytes, path == settings.model});
  }
  return models;
}

std::vector<ModelReport::Known> models_known(const std::vector<ModelReport::Here>& here) {
  std::vector<ModelReport::Known> known;
  for (const auto& model : engine::cli::known_models()) {
    const int64_t need = engine::cli::memory_need_of(model);
    const std::string_view file = model.source.substr(model.source.rfind('/') + 1);
    const auto found = std::find_if(here.begin(), here.end(), [&](const auto& each) {
      return fs::path(each.path).filename() == file;
    });
    known.push_back({std::string(model.name), std::string(model.does), std::string(model.source),
                     model.file_bytes, need, engine::cli::machine_for(need),
                     found == here.end() ? "" : found->path});
  }
  return known;
}

void print(const ModelReport& report) {
  std::cout << "Here:\n";
  for (const ModelReport::Here& model : report.here) {
    std::cout << "  " << model.path << "  " << size_of(static_cast<int64_t>(model.bytes))
              << (model.memory.empty() ? "" : ", with a memory") << (model.in_use ? ", in use" : "")
              << '\n';
  }
  std::cout << "\nFor `lemma model pull`, by the memory of a machine; this one has "
            << size_of(report.machine_bytes)
            << ".\nThe engine is tested with models of these shapes and types; these files "
               "themselves have not been tried.\n";
  for (const ModelReport::Known& model : report.known) {
    std::cout << std::setw(6) << model.machine_bytes / 1'000'000'000 << " GB  " << model.name
              << ": " << model.does << "; takes " << size_of(model.memory_bytes)
              << (model.memory_bytes > report.machine_bytes ? ", too much here" : "")
              << (model.path.empty() ? "" : "; is here") << "\n           " << model.source << '\n';
  }
}

}  // namespace

int run_model_list(const ModelChoice& choice, Output output) {
  ModelReport report{.here = models_here(read_machine_settings(choice).settings)};
  report.known = models_known(report.here);
  report.machine_bytes = base::memory_limit();
  if (output == Output::json) {
    std::cout << wire::to_json(report) << '\n';
  } else {
    print(report);
  }
  return 0;
}

int run_model_pull(const PullChoice& choice, Output output) {
  const auto report = pull(choice);
  if (!report) {
    std::cerr << "lemma model pull: " << report.message() << '\n';
    return 1;
  }
  if (output == Output::json) {
    std::cout << wire::to_json(*report) << '\n';
    return 0;
  }
  std::cout << report->path << "  " << size_of(report->bytes)
            << (report->was_here ? ", which was here already and is not loaded again" : "")
            << ", vouched for by " << report->vouched << "; takes " << size_of(report->memory_bytes)
            << " of memory\n"
            << "sha256 " << report->sha256 << '\n'
            << "to use it: --model " << report->path << ", or model = \"" << report->path
            << "\" in " << server::config_path() << '\n';
  return 0;
}

}  // namespace lsp
