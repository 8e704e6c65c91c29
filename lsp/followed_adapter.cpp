#include "lsp/followed_adapter.h"

#include <sys/stat.h>

#include <utility>

#include "engine/base/format.h"

namespace lsp {
namespace {

using engine::base::concat;
using engine::base::Result;

// Another text for another version of a file.
std::string version_of(const std::string& path) {
  struct stat status {};
  if (path.empty() || stat(path.c_str(), &status) != 0) return "none";
  return concat(status.st_mtim.tv_sec, ' ', status.st_mtim.tv_nsec, ' ', status.st_size, ' ',
                status.st_ino);
}

}  // namespace

FollowedAdapter::FollowedAdapter(ModelChoice choice, const server::Settings& running)
    : choice_(std::move(choice)),
      model_(running.model),
      adapter_(running.adapter),
      adapter_seen_(version_of(running.adapter)) {}

std::optional<Result<std::string>> FollowedAdapter::changed() {
  if (choice_.adapter) return std::nullopt;
  const std::string config = version_of(server::config_path());
  if (config == config_seen_ && version_of(adapter_) == adapter_seen_) return std::nullopt;
  config_seen_ = config;
  const MachineSettings machine = read_machine_settings(choice_);
  for (const auto& [kind, message] : machine.problems) {
    if (kind != server::Problem::Kind::error) continue;
    is_unusable_ = true;
    adapter_seen_ = version_of(adapter_);
    return engine::base::Error{message};
  }
  // An adapter belongs to its model, and another model to another daemon.
  const std::string wanted = machine.settings.model == model_ ? machine.settings.adapter : adapter_;
  const std::string version_now = version_of(wanted);
  const bool is_same = wanted == adapter_ && version_now == adapter_seen_;
  adapter_ = wanted;
  adapter_seen_ = version_now;
  // What was unusable may have been noted somewhere: it is no longer.
  if (is_same && !std::exchange(is_unusable_, false)) return std::nullopt;
  is_unusable_ = false;
  return adapter_;
}

}  // namespace lsp
