#include "lsp/context/ignored.h"

#include <git2.h>
#include <git2/sys/repository.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <vector>

#include "lsp/context/read_bytes.h"

namespace lsp::context {
namespace {

// Editors open files in few folders; a walk over a large tree must not keep a handle for each.
constexpr size_t most_repositories = 64;
constexpr size_t most_rules_bytes = 1 << 20;
constexpr size_t most_links = 40;  // on the way to a file, as Linux has it

// The nearest folder above with a repository of its own, for opening it once for all folders in it;
// where there is none, as in a bare one, the folder itself.
std::string work_folder(const std::string& folder) {
  struct stat status {};
  for (std::filesystem::path above = folder;; above = above.parent_path()) {
    if (lstat((above / ".git").c_str(), &status) == 0) return above;
    if (!above.has_relative_path()) return folder;
  }
}

// As git has it, nothing in an ignored folder can be had back by a rule that begins with "!"; asked
// for a file alone, libgit2 lets it.
bool is_ignored_in(git_repository* repository, const std::string& path) {
  for (size_t end = path.find('/');; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end == std::string::npos ? end : end + 1);
    int answer = 0;
    const int code = git_ignore_path_is_ignored(&answer, repository, part.c_str());
    if (code != 0 || answer != 0) return true;
    if (part.size() == path.size()) return false;
  }
}

// A path to a file without a link before `folder`, in which lies the next link on the way, or the
// file itself.
struct Way {
  std::filesystem::path file;
  std::filesystem::path folder;
};

// What follows the first link on the way is as it was written. Where there is none, nothing is.
std::optional<Way> first_link(const std::filesystem::path& path, std::filesystem::path& followed) {
  std::error_code error;
  std::filesystem::path done = path.root_path();
  for (auto part = path.begin(); part != path.end(); ++part) {
    if (*part == path.root_path() || part->empty() || *part == ".") continue;
    const std::filesystem::path next = *part == ".." ? done.parent_path() : done / *part;
    if (*part == ".." || !std::filesystem::is_symlink(next, error)) {
      done = next;
      continue;
    }
    std::filesystem::path rest;
    for (++part; part != path.end(); ++part) rest /= *part;
    followed = done / std::filesystem::read_symlink(next, error) / rest;
    return Way{(next / rest).lexically_normal(), done};
  }
  followed = done;
  return std::nullopt;
}

// As it is written, then with one more link followed each time. None where they lead in a circle.
std::vector<Way> ways_to(std::filesystem::path path) {
  std::vector<Way> ways;
  while (ways.size() <= most_links) {
    std::filesystem::path followed;
    auto way = first_link(path, followed);
    path = std::move(followed);
    if (!way) {
      ways.push_back({path, path.parent_path()});
      return ways;
    }
    ways.push_back(std::move(*way));
  }
  return {};
}

}  // namespace

IgnoreRules::IgnoreRules() {
  git_libgit2_init();
  // A repository of another user is read, never run: its rules can only keep files out.
  git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
}

IgnoreRules::~IgnoreRules() {
  repositories_.clear();
  rules_.clear();
  git_libgit2_shutdown();
}

void IgnoreRules::Close::operator()(git_repository* repository) const {
  git_repository_free(repository);
}

base::Result<git_repository*> IgnoreRules::repository_around(std::string folder) {
  folder = work_folder(folder);
  const auto found = repositories_.find(folder);
  if (found != repositories_.end()) return found->second.get();
  git_repository* repository = nullptr;
  const int code = git_repository_open_ext(&repository, folder.c_str(), 0, nullptr);
  if (code == GIT_ENOTFOUND) return nullptr;  // not kept: one may be made there
  if (code != 0) return base::Error{"the repository around " + folder + " cannot be read"};
  if (repositories_.size() == most_repositories) repositories_.clear();
  repositories_[folder].reset(repository);
  return repository;
}

bool IgnoreRules::ignored_by_lemmaignore(const std::string& folder, const std::string& file) {
  const std::string path = folder + "/.lemmaignore";
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) {
    rules_.erase(folder);
    return false;
  }
  const int64_t stamp =
      (status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec) ^ status.st_size;
  Rules& rules = rules_[folder];
  if (!rules.repository || rules.stamp != stamp) {
    const auto text = read_bytes(path, most_rules_bytes);
    git_repository* repository = nullptr;
    const bool made = git_repository_new(&repository) == 0;
    rules.repository.reset(repository);
    if (!text || !made || git_ignore_add_rule(repository, text->c_str()) != 0) return true;
    rules.stamp = stamp;
  }
  return is_ignored_in(rules.repository.get(), file.substr(folder.size() + 1));
}

bool IgnoreRules::ignored(std::string_view path) {
  if (!std::filesystem::path(path).is_absolute()) return false;
  const std::vector<Way> ways = ways_to(path);
  const std::lock_guard lock(mutex_);
  return std::any_of(ways.begin(), ways.end(), [&](const Way& way) {
    const std::string slash = path.ends_with('/') && !way.file.filename().empty() ? "/" : "";
    for (auto above = way.file.parent_path(); above.has_relative_path();
         above = above.parent_path()) {
      if (ignored_by_lemmaignore(above, way.file.string() + slash)) return true;
    }
    return ignored_by_git(way.folder, way.file.string() + slash);
  });
}

// `folder` is the one whose repository is meant, where there is such a folder yet.
bool IgnoreRules::ignored_by_git(std::filesystem::path folder, const std::string& file) {
  std::error_code failed;
  while (!std::filesystem::is_directory(folder, failed) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  const base::Result<git_repository*> around = repository_around(folder.string());
  if (!around) return true;
  if (*around == nullptr) return false;
  const char* root = git_repository_workdir(*around);
  if (root == nullptr) return false;  // bare: what lies in it is git's own
  if (!file.starts_with(root)) return false;
  return is_ignored_in(*around, file.substr(std::string_view(root).size()));
}

}  // namespace lsp::context
