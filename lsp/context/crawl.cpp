#include "lsp/context/crawl.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "lsp/context/header.h"
#include "lsp/context/read_bytes.h"
#include "lsp/syntax/tree.h"
#include "lsp/text/utf8.h"

namespace lsp::context {
namespace {

namespace fs = std::filesystem;

constexpr off_t largest_file = 256 << 10;
constexpr size_t most_files = 200'000;
constexpr size_t longest_line = 1000;        // longer ones are data, or minified
constexpr size_t files_in_transaction = 64;  // what another process may have to wait for
constexpr std::chrono::milliseconds parse_time{100};

std::optional<syntax::Language> source_language(const std::string& path) {
  const auto language = syntax::language_of("", path, "");
  const bool is_code =
      language && *language != syntax::Language::json && *language != syntax::Language::markdown;
  return is_code ? language : std::nullopt;
}

bool is_written_by_hand(std::string_view text) {
  if (!text::is_valid_utf8(text) || text.find('\0') != std::string_view::npos) return false;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (end - begin > longest_line) return false;
    begin = end + 1;
  }
  const std::string_view head = text.substr(0, 400);
  return head.find("@generated") == std::string_view::npos &&
         head.find("DO NOT EDIT") == std::string_view::npos;
}

bool is_left_out(const std::string& folder) {
  static constexpr std::array names{"node_modules", "__pycache__", "site-packages"};
  return folder.starts_with('.') || std::find(names.begin(), names.end(), folder) != names.end();
}

class Crawl {
 public:
  Crawl(const std::string& root, Index& index, IgnoreRules& rules, std::stop_token stop,
        const std::function<void()>& between)
      : root_(root), index_(index), rules_(rules), stop_(std::move(stop)), between_(between) {}

  Crawled run() {
    known_ = index_.stamps();
    index_.begin();
    const auto visit_next = [this](const std::string& path) {
      if (result_.files == most_files) return false;
      visit(path);
      return true;
    };
    // Much that is no source may lie between two files, and nobody waits for that.
    result_.whole = for_each_source(root_, rules_, visit_next, [this] {
      between_();
      return !stop_.stop_requested();
    });
    // What was not met is gone, where everything was looked at.
    for (const auto& [path, stamp] : known_) {
      if (!result_.whole) break;
      index_.remove(path);
      ++result_.gone;
    }
    index_.commit();
    if (result_.read > 0) index_.find_common_names();
    return result_;
  }

 private:
  void visit(const std::string& path) {
    const auto stamp = stamp_of(path);
    if (!stamp) return;
    const std::string relative = path.substr(root_.size() + 1);
    const auto known = known_.find(relative);
    const bool is_new = known == known_.end() || known->second != *stamp;
    if (known != known_.end()) known_.erase(known);
    ++result_.files;
    if (is_new) read(path, relative);
  }

  void read(const std::string& path, const std::string& relative) {
    if (++result_.read % files_in_transaction == 0) {
      index_.commit();
      index_.begin();
    }
    auto source = read_source(path);
    // Known, so that it is not read each time, and empty.
    if (!source) return index_.put(relative, stamp_of(path).value_or(0), "", nullptr);
    const auto document =
        std::make_shared<const text::Document>("file://" + path, "", 0, source->text);
    const auto tree = syntax::Tree::parse(document, nullptr, {.time = parse_time, .stop = stop_});
    index_.put(relative, source->stamp, document->text(), tree.get());
  }

  const std::string& root_;
  Index& index_;
  IgnoreRules& rules_;
  std::stop_token stop_;
  const std::function<void()>& between_;
  std::unordered_map<std::string, int64_t> known_;  // and not met yet
  Crawled result_;
};

}  // namespace

std::optional<int64_t> stamp_of(const std::string& path) {
  struct stat status {};
  const bool is_file = lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
  if (!is_file || status.st_size > largest_file) return std::nullopt;
  return (status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec) ^ status.st_size;
}

bool for_each_source(const std::string& root, IgnoreRules& rules,
                     const std::function<bool(const std::string& path)>& visit,
                     const std::function<bool()>& goes_on) {
  std::error_code error;
  fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!goes_on()) return false;
    const std::string path = entry->path();
    if (entry->is_symlink(error)) continue;
    if (entry->is_directory(error)) {
      const bool out = is_left_out(entry->path().filename()) || rules.ignored(path + "/");
      if (out) entry.disable_recursion_pending();
    } else if (source_language(path) && stamp_of(path) && !is_secret_path(path) &&
               !rules.ignored(path)) {
      if (!visit(path)) return false;
    }
  }
  return !error;
}

std::optional<SourceText> read_source(const std::string& path) {
  const auto stamp = stamp_of(path);
  if (!stamp) return std::nullopt;
  auto text = read_bytes(path, largest_file);
  if (!text || !is_written_by_hand(*text)) return std::nullopt;
  text->shrink_to_fit();  // a prompt may keep it
  return SourceText{std::move(*text), *stamp};
}

Crawled crawl(const std::string& root, Index& index, IgnoreRules& rules, std::stop_token stop,
              const std::function<void()>& between) {
  return Crawl(root, index, rules, std::move(stop), between).run();
}

}  // namespace lsp::context
