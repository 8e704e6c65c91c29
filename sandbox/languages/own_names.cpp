#include "sandbox/languages/own_names.h"

#include <algorithm>
#include <cctype>

namespace sandbox::languages {
namespace {

// Beside such a character a name is a part of another one: "/sandbox/a.py.bak", "my/sandbox/a.py".
bool goes_on(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || byte >= 0x80 || c == '_' || c == '-' || c == '.';
}

}  // namespace

OwnNames::OwnNames(const Prepared& prepared, const std::string& root) {
  if (prepared.at != prepared.file) {
    if (!root.empty()) names_.push_back({root + prepared.at, prepared.file});
    names_.push_back({prepared.at, prepared.file});
  }
  if (!root.empty()) names_.push_back({root, ""});
}

std::string OwnNames::add(std::string_view piece) {
  held_ += piece;
  return replace(More::comes);
}

std::string OwnNames::rest() { return replace(More::is_not); }

std::string OwnNames::replace(More more) {
  std::string told;
  size_t at = 0;
  const auto tell = [&](const std::string& text, size_t bytes) {
    told += text;
    at += bytes;
    if (bytes > 0) before_ = held_[at - 1];
  };
  while (at < held_.size()) {
    // All names begin with a slash.
    const size_t slash = std::min(names_.empty() ? held_.npos : held_.find('/', at), held_.size());
    tell(held_.substr(at, slash - at), slash - at);
    if (at == held_.size()) break;
    const std::string_view left = std::string_view(held_).substr(at);
    const Name* found = goes_on(before_) ? nullptr : name_at(left, more);
    // The character after a name counts as well.
    if (found != nullptr && more == More::comes && left.size() <= found->from.size()) break;
    const bool whole = found != nullptr && left.starts_with(found->from) &&
                       (left.size() == found->from.size() || !goes_on(left[found->from.size()]));
    tell(whole ? found->to : "/", whole ? found->from.size() : 1);
  }
  held_.erase(0, at);
  return told;
}

// The one that `text` begins with, or that may come of it.
const OwnNames::Name* OwnNames::name_at(std::string_view text, More more) const {
  const auto found = std::find_if(names_.begin(), names_.end(), [&](const Name& name) {
    return text.starts_with(name.from) || (more == More::comes && name.from.starts_with(text));
  });
  return found == names_.end() ? nullptr : &*found;
}

std::string in_own_names(const std::string& text, const Prepared& prepared,
                         const std::string& root) {
  OwnNames names(prepared, root);
  return names.add(text) + names.rest();
}

}  // namespace sandbox::languages
