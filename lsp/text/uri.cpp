#include "lsp/text/uri.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace lsp::text {

std::string uri_of(std::string_view path) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string uri = "file://";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte < 0x80 && (std::isalnum(byte) != 0 ||
                                       std::string_view("/-._~").find(c) != std::string_view::npos);
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += digits[byte >> 4];
      uri += digits[byte & 15];
    }
  }
  return uri;
}

std::string path_of(std::string_view uri) {
  const size_t colon = uri.find(':');
  if (colon != std::string_view::npos) uri.remove_prefix(colon + 1);
  if (uri.starts_with("//")) {  // an authority, which is mostly empty
    const size_t slash = uri.find('/', 2);
    uri.remove_prefix(slash == std::string_view::npos ? uri.size() : slash);
  }
  uri = uri.substr(0, uri.find_first_of("?#"));
  std::string path;
  for (size_t at = 0; at < uri.size(); ++at) {
    unsigned byte = 0;
    const char* digits = uri.data() + at + 1;
    const bool escape = uri[at] == '%' && at + 2 < uri.size() &&
                        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    path += escape ? static_cast<char>(byte) : uri[at];
    if (escape) at += 2;
  }
  return path;
}

bool is_of_file(std::string_view uri, std::string_view path) {
  return uri.starts_with("file:") && path_of(uri) == path;
}

// The path of the innermost folder that holds the path, with a slash at its end; empty: none does.
static std::string innermost(std::string_view path, const std::vector<std::string>& folders) {
  std::string longest;
  for (const std::string& folder : folders) {
    std::string root = path_of(folder);
    if (!root.ends_with('/')) root += '/';
    if (path.starts_with(root) && root.size() > longest.size()) longest = std::move(root);
  }
  return longest;
}

std::string relative_path(std::string_view uri, const std::vector<std::string>& folders) {
  const std::string path = path_of(uri);
  return path.substr(innermost(path, folders).size());
}

bool share_folder(std::string_view one, std::string_view other,
                  const std::vector<std::string>& folders) {
  const std::string path = path_of(one), other_path = path_of(other);
  if (!path.starts_with('/') || !other_path.starts_with('/')) return true;
  const std::string here = innermost(path, folders), there = innermost(other_path, folders);
  if (here.empty() || there.empty()) return here.empty() && there.empty();
  return path.starts_with(there) || other_path.starts_with(here);
}

}  // namespace lsp::text
