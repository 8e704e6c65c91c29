// A question about a place is answered from three sides: the files that are imported there, those
// that the index finds to use the same rare names, and the declarations of names that stand around.
// Of imported files the memory also reads how their members are called, since they are what is
// likely to be typed next and stand nowhere yet (members.h). An answer is kept while the cursor is
// near and the same is imported; so a question costs a keystroke one look at the imports. Twice a
// second of typing the thread sees whether the files that were read are still the same: what a
// version control system or another program writes is known soon after.
#include "lsp/context/workspace.h"

#include <sys/resource.h>

#include <algorithm>
#include <future>
#include <set>

#include "engine/base/format.h"
#include "lsp/context/members.h"
#include "lsp/context/names.h"
#include "lsp/text/uri.h"

namespace lsp::context {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds crawl_again_after{60};
constexpr std::chrono::seconds crawl_for_import_after{5};
constexpr std::chrono::milliseconds doubt_after{500};  // what was read from files
constexpr size_t near_lines = 32;  // within which a cursor has not gone elsewhere
constexpr size_t name_lines_before = 40;
constexpr size_t name_lines_after = 10;
constexpr size_t most_names = 24;
constexpr size_t most_imported = 4;
constexpr size_t most_files = 7;
constexpr size_t largest_related = 128 << 10;  // bytes
constexpr std::chrono::milliseconds parse_budget{50};
constexpr size_t most_signatures = 16;
constexpr size_t most_definitions = 8;  // a name with more says nothing
constexpr size_t longest_signature = 200;
constexpr size_t imports_within_bytes = 64 << 10;  // of the beginning, where imports stand

// The names around the cursor, each once, the nearest first.
std::vector<std::string_view> names_around(const text::Document& document, size_t cursor) {
  const size_t line = document.line_at(cursor);
  const size_t begin = document.line_range(line - std::min(line, name_lines_before)).begin;
  const size_t last = std::min(line + name_lines_after, document.line_count() - 1);
  const std::string_view text =
      document.text().substr(begin, document.line_range(last).end - begin);
  std::vector<std::string_view> names = names_in(text);
  const char* at = document.text().data() + cursor;
  const auto distance = [at](std::string_view name) {
    return name.data() < at ? at - name.data() : name.data() - at;
  };
  std::stable_sort(names.begin(), names.end(), [&](std::string_view a, std::string_view b) {
    return distance(a) < distance(b);
  });
  std::set<std::string_view> seen;
  std::erase_if(names, [&](std::string_view name) { return !seen.insert(name).second; });
  return names;
}

// White space as one space each: a signature over several lines is one line in a prompt.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char byte : text) {
    const bool blank = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
    if (!blank) line += byte;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  return line;
}

// What is imported, and under which names.
std::string imports_of(const OpenText& here) {
  std::string all;
  if (!here.tree) return all;
  for (const syntax::Import& import : here.tree->imports(imports_within_bytes)) {
    all += std::string(import.module) + '\n';
    for (const std::string_view name : import.names) all += std::string(name) + ' ';
  }
  return all;
}

const OpenText* open_at(std::span<const OpenText> open, const std::string& path) {
  const auto found = std::find_if(open.begin(), open.end(), [&](const OpenText& each) {
    return text::is_of_file(each.document->uri(), path);
  });
  return found == open.end() ? nullptr : &*found;
}

std::optional<int64_t> version_of(std::span<const OpenText> open, const std::string& path) {
  const OpenText* found = open_at(open, path);
  return found == nullptr ? std::nullopt : std::optional<int64_t>(found->document->version());
}

bool are_as_seen(std::span<const SeenFile> files) {
  return std::all_of(files.begin(), files.end(), [](const SeenFile& file) {
    return stamp_of(file.path).value_or(0) == file.stamp;
  });
}

}  // namespace

std::vector<OpenText> with_related(std::span<const OpenText> open, const Related& related,
                                   const text::Document& here) {
  std::vector<OpenText> all(open.begin(), open.end());
  for (const OpenText& file : related.files) {
    const std::string path = text::path_of(file.document->uri());
    const bool is_open = open_at(open, path) != nullptr;
    if (!is_open && !text::is_of_file(here.uri(), path)) all.push_back(file);
  }
  return all;
}

std::vector<OpenText> with_members(std::vector<OpenText> others, const Related& related) {
  others.insert(others.begin(), related.members.begin(), related.members.end());
  return others;
}

Workspace::Workspace(std::string root, const std::string& index_file)
    : root_(std::move(root)),
      index_(Index::open(index_file)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Workspace::~Workspace() = default;

void Workspace::run(const std::stop_token& stop) {
  // Of this thread alone, which Linux takes for a process here.
  setpriority(PRIO_PROCESS, 0, 19);
  if (!index_) return;
  while (!stop.stop_requested()) {
    answer_questions();
    if (is_time_to_crawl()) crawl_again(stop);
    // Nobody types: nothing is looked at.
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return !questions_.empty(); });
  }
}

bool Workspace::is_time_to_crawl() {
  const std::lock_guard lock(mutex_);
  const auto since = steady_clock::now() - crawled_;
  return crawls_ == 0 || since > crawl_again_after ||
         (lacks_import_ && since > crawl_for_import_after);
}

void Workspace::crawl_again(const std::stop_token& stop) {
  const Crawled crawled = crawl(root_, *index_, rules_, stop, [this] { answer_questions(); });
  const std::lock_guard lock(mutex_);
  crawled_ = steady_clock::now();
  lacks_import_ = false;
  if (crawls_ == 0 || crawled.read + crawled.gone > 0) ++crawls_;
  changed_.notify_all();
}

bool Workspace::wait(std::chrono::milliseconds patience) {
  if (!index_) return false;
  std::unique_lock lock(mutex_);
  waits_ = true;
  return changed_.wait_for(lock, patience, [this] { return crawls_ > 0; });
}

bool Workspace::is_of(const Kept& kept, const OpenText& here, size_t cursor,
                      const std::string& imports, std::span<const OpenText> open) const {
  const size_t line = here.document->line_at(cursor);
  const bool near = std::max(line, kept.line) - std::min(line, kept.line) <= near_lines;
  return near && kept.imports == imports && kept.crawls == crawls_ &&
         std::all_of(kept.seen.begin(), kept.seen.end(), [&](const SeenFile& seen) {
           return !seen.is_imported || version_of(open, seen.path) == seen.open_version;
         });
}

std::shared_ptr<const Related> Workspace::related(const OpenText& here, size_t cursor, Found found,
                                                  std::span<const OpenText> open) {
  static const auto nothing = std::make_shared<const Related>();
  if (!index_) return nothing;
  std::string imports = imports_of(here);
  std::unique_lock lock(mutex_);
  const std::string& uri = here.document->uri();
  const auto kept = kept_.find(uri);
  const bool holds = kept != kept_.end() && is_of(kept->second, here, cursor, imports, open);
  if (!holds || steady_clock::now() - kept->second.checked > doubt_after) {
    questions_.insert_or_assign(
        uri,
        Question{
            here, cursor, std::move(imports), std::move(found), {open.begin(), open.end()}, holds});
    changed_.notify_all();
    if (waits_) changed_.wait(lock, [&] { return !questions_.contains(uri) && !answering_; });
  }
  const auto known = kept_.find(uri);
  return known == kept_.end() ? nothing : known->second.related;
}

std::shared_ptr<const Related> Workspace::related_within(const OpenText& here, size_t cursor,
                                                         std::vector<std::string> also,
                                                         std::chrono::milliseconds patience) {
  static const auto nothing = std::make_shared<const Related>();
  if (!index_) return nothing;
  const auto until = steady_clock::now() + patience;
  std::unique_lock lock(mutex_);
  if (!changed_.wait_until(lock, until, [this] { return crawls_ > 0; })) return nothing;
  const std::string key = engine::base::concat(here.document->uri(), "\n", ++waiting_);
  // Shared: who gives up leaves the thread an answer to tell.
  const auto answer = std::make_shared<std::promise<std::shared_ptr<const Related>>>();
  auto told = answer->get_future();
  const auto tell = [answer](const Related& related) {
    answer->set_value(std::make_shared<const Related>(related));
  };
  questions_.emplace(
      key, Question{here, cursor, imports_of(here), tell, {}, false, false, std::move(also)});
  changed_.notify_all();
  lock.unlock();
  if (told.wait_until(until) == std::future_status::ready) return told.get();
  lock.lock();
  questions_.erase(key);
  return nothing;
}

void Workspace::forget(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  kept_.erase(uri);
  questions_.erase(uri);
}

void Workspace::answer_questions() {
  while (true) {
    std::string key;
    Question question;
    std::vector<SeenFile> doubtful;
    size_t crawls = 0;
    {
      const std::lock_guard lock(mutex_);
      if (questions_.empty()) return;
      auto next = questions_.extract(questions_.begin());
      key = next.key();
      question = std::move(next.mapped());
      answering_ = true;
      crawls = crawls_;
      const auto kept = kept_.find(key);
      question.is_doubt = question.is_doubt && kept != kept_.end();
      if (question.is_doubt) doubtful = kept->second.seen;
    }
    const bool holds = question.is_doubt && are_as_seen(doubtful);
    std::optional<LookedUp> answer;
    if (!holds) answer = look_up(question);
    const auto found =
        answer ? std::make_shared<const Related>(std::move(answer->related)) : nullptr;
    if (found && question.found) question.found(*found);
    const std::lock_guard lock(mutex_);
    if (found && question.is_kept) {
      const auto before = kept_.find(key);
      const bool is_new_import =
          before != kept_.end() && before->second.imports != question.imports;
      if (is_new_import && !answer->knows_all_imports) lacks_import_ = true;
      kept_[key] = {question.here.document->line_at(question.cursor),
                    std::move(question.imports),
                    found,
                    std::move(answer->seen),
                    crawls,
                    steady_clock::now()};
    } else if (const auto kept = kept_.find(key); kept != kept_.end()) {
      kept->second.checked = steady_clock::now();
    }
    answering_ = false;
    changed_.notify_all();
  }
}

// Reads the files that a question is answered with.
class LookUp {
 public:
  LookUp(const std::string& root, Index& index, IgnoreRules& rules, const OpenText& here,
         std::span<const OpenText> open)
      : root_(root), index_(index), rules_(rules), here_(here), open_(open) {
    // In the index by its path from this root, in prompts by that from the editor's folder.
    const std::string path = text::path_of(here.document->uri());
    own_path_ = path.starts_with(root + "/") ? path.substr(root.size() + 1) : "";
    language_ = syntax::language_of(here.document->language_id(), here.document->uri(),
                                    here.document->text());
  }

  LookedUp run(size_t cursor, const std::vector<std::string>& also) {
    if (!language_) return {{}, {}, true};
    names_.assign(also.begin(), also.end());
    for (const std::string_view name : names_around(*here_.document, cursor)) {
      if (std::find(also.begin(), also.end(), name) == also.end()) names_.push_back(name);
    }
    add_imported();
    std::vector<std::string_view> nearest = names_;
    nearest.resize(std::min(nearest.size(), most_names));
    for (const std::string& path : index_.similar(nearest, 2 * most_files)) {
      add(path, "uses the same names");
    }
    add_signatures();
    add_offered();
    return {std::move(related_), seen(), knows_all_imports_};
  }

 private:
  void add_imported() {
    if (!here_.tree) return;
    for (const syntax::Import& import : here_.tree->imports()) {
      const std::vector<std::string> paths = imported_files(import, own_path_, index_);
      if (paths.empty()) knows_all_imports_ = false;
      for (const std::string& path : paths) {
        imported_.insert(path);
        if (related_.files.size() < most_imported) add(path, "imported here");
        if (related_.members.size() < most_imported) add_members(import, path);
      }
    }
  }

  void add(const std::string& path, std::string why) {
    if (related_.files.size() == most_files || path == own_path_ || !read(path)) return;
    const auto known = [&](const OpenText& file) { return file.path == path; };
    if (std::any_of(related_.files.begin(), related_.files.end(), known)) return;
    const text::Document& document = *read_.at(path).document;
    const auto its = syntax::language_of("", document.uri(), document.text());
    if (!its || !syntax::share_names(*its, *language_)) return;
    if (document.text().size() > largest_related) return;
    related_.files.push_back({read_.at(path).document, nullptr, path, std::move(why)});
  }

  void add_members(const syntax::Import& import, const std::string& path) {
    if (path == own_path_ || !read(path)) return;
    auto document = read_.at(path).document;
    if (const OpenText* newer = open_at(open_, root_ + "/" + path)) document = newer->document;
    if (document->text().size() > largest_related) return;
    if (language_ == syntax::Language::cpp) {  // else a header is taken for one of C
      document = std::make_shared<const text::Document>(document->uri(), "cpp", 0,
                                                        std::string(document->text()));
    }
    const auto tree = syntax::Tree::parse(document, nullptr, {.time = parse_budget});
    if (!tree || !syntax::share_names(tree->language(), *language_)) return;
    std::string calls;
    for (const Member& member : members_of(import, *here_.tree, path, *tree)) {
      calls += member.calls;
      if (member.kind == syntax::SymbolKind::variable) continue;
      const auto [begin, end] = member.signature;
      offered_.push_back({path, tree->language(), member.name,
                          on_one_line(document->text().substr(begin, end - begin)),
                          "offered by a file imported here"});
    }
    const bool known =
        std::any_of(related_.members.begin(), related_.members.end(), [&](const OpenText& other) {
          return other.path == path && other.document->text() == calls;
        });
    if (calls.empty() || known) return;
    // A text of its own, whether the file is open or not.
    auto called = std::make_shared<const text::Document>(
        document->uri() + "#members", document->language_id(), 0, std::move(calls));
    related_.members.push_back(
        {std::move(called), nullptr, path, "imported here, as its members are called"});
  }

  // The rules may have changed since the file was indexed.
  bool read(const std::string& path) {
    if (read_.contains(path)) return read_.at(path).document != nullptr;
    const std::string whole = root_ + "/" + path;
    auto source = rules_.ignored(whole) ? std::nullopt : read_source(whole);
    Read& entry = read_[path];
    entry.stamp = source ? source->stamp : stamp_of(whole).value_or(0);
    if (!source) return false;
    entry.document =
        std::make_shared<const text::Document>(text::uri_of(whole), "", 0, std::move(source->text));
    return true;
  }

  void add_signatures() {
    for (const std::string_view name : names_) {
      if (related_.signatures.size() == most_signatures) return;
      const auto found = index_.definitions(name, most_definitions + 1);
      std::vector<Defined> useful;
      for (const Defined& each : found) {
        const bool is_kind = each.kind == syntax::SymbolKind::function ||
                             each.kind == syntax::SymbolKind::method ||
                             each.kind == syntax::SymbolKind::type;
        const bool is_here = each.path == own_path_;
        if (is_here) useful.clear();
        if (is_here) break;  // the prompt may show it anyway
        if (is_kind) useful.push_back(each);
      }
      const auto imported = [&](const Defined& each) { return imported_.contains(each.path); };
      const auto best = std::find_if(useful.begin(), useful.end(), imported);
      if (best != useful.end()) {
        add_signature(*best, name, "declared in a file imported here");
      } else if (useful.size() == 1 && found.size() <= most_definitions) {
        add_signature(useful.front(), name, "declared there and nowhere else");
      }
    }
  }

  // What may be called next, behind what is called around the cursor.
  void add_offered() {
    for (Signature& each : offered_) {
      if (related_.signatures.size() == most_signatures) return;
      const bool known = std::any_of(
          related_.signatures.begin(), related_.signatures.end(),
          [&](const auto& other) { return other.path == each.path && other.name == each.name; });
      const auto found = index_.definitions(each.name, most_definitions);
      const bool is_here = std::any_of(found.begin(), found.end(), [&](const Defined& defined) {
        return defined.path == own_path_;
      });
      if (known || is_here || each.text.size() > longest_signature) continue;
      related_.signatures.push_back(std::move(each));
    }
  }

  void add_signature(const Defined& defined, std::string_view name, std::string why) {
    if (!read(defined.path)) return;
    const auto& [document, stamp] = read_.at(defined.path);
    const auto [begin, end] = defined.signature;
    if (stamp != defined.stamp || end > document->text().size()) return;  // not indexed anew yet
    const auto its = syntax::language_of("", document->uri(), document->text());
    if (!its || !syntax::share_names(*its, *language_)) return;
    const std::string text = on_one_line(document->text().substr(begin, end - begin));
    if (text.size() > longest_signature) return;
    related_.signatures.push_back({defined.path, *its, std::string(name), text, std::move(why)});
  }

  std::vector<SeenFile> seen() const {
    std::vector<SeenFile> all;
    for (const auto& [path, read] : read_) {
      const std::string whole = root_ + "/" + path;
      all.push_back({whole, read.stamp, imported_.contains(path), version_of(open_, whole)});
    }
    return all;
  }

  struct Read {
    std::shared_ptr<const text::Document> document;  // null: must not or cannot be read
    int64_t stamp = 0;
  };

  const std::string& root_;
  Index& index_;
  IgnoreRules& rules_;
  const OpenText& here_;
  std::span<const OpenText> open_;
  bool knows_all_imports_ = true;
  std::string own_path_;
  std::optional<syntax::Language> language_;
  std::vector<std::string_view> names_;
  std::set<std::string> imported_;
  std::map<std::string, Read> read_;
  std::vector<Signature> offered_;
  Related related_;
};

LookedUp Workspace::look_up(const Question& question) {
  return LookUp(root_, *index_, rules_, question.here, question.open)
      .run(question.cursor, question.also);
}

}  // namespace lsp::context
