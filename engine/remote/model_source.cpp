#include "engine/remote/model_source.h"

#include <algorithm>

#include "engine/base/format.h"
#include "engine/base/split_name.h"
#include "engine/remote/curl.h"

namespace engine::remote {
namespace {

using base::fail;
using base::in_quotes;

constexpr uint64_t most_parts = 999;

// One part of a path: nothing that a URL or a shell would read otherwise, and no hidden file.
bool is_plain(const std::string& name) {
  constexpr std::string_view others = "._-+";
  return !name.empty() && name[0] != '.' && std::all_of(name.begin(), name.end(), [&](char c) {
    return (std::isalnum(static_cast<unsigned char>(c)) != 0) ||
           others.find(c) != std::string_view::npos;
  });
}

base::Result<std::string> hub_url(const std::string& path, const std::string& hub) {
  std::vector<std::string> parts;
  for (size_t at = 0; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  if (parts.size() < 3 || !std::all_of(parts.begin(), parts.end(), is_plain)) {
    return fail(in_quotes("hf:" + path),
                " is no file of the hub; it is named as in "
                "hf:OWNER/REPO/FILE.gguf");
  }
  std::string url = hub + "/" + parts[0] + "/" + parts[1] + "/resolve/main";
  for (size_t i = 2; i < parts.size(); ++i) url += "/" + parts[i];
  return url;
}

}  // namespace

base::Result<ModelSource> find_model_source(const std::string& text, const std::string& hub) {
  std::string url = text;
  if (text.starts_with("hf:")) {
    auto found = hub_url(text.substr(3), hub);
    if (!found) return found.error();
    url = *found;
  }
  if (auto status = check_address("the address", url); !status) return status.error();
  const std::string path = Url(url).part(CURLUPART_PATH);
  const std::string name = path.substr(path.rfind('/') + 1);
  if (!is_plain(name) || !name.ends_with(".gguf")) {
    return fail(in_quotes(text),
                " names no GGUF file; its path must end in a name like "
                "model-q4_k_m.gguf");
  }
  const auto part = base::read_split_name(name);
  if (!part) return ModelSource{{{url, name}}};
  if (part->count < 1 || part->count > most_parts) {
    return fail(in_quotes(name), " has no number of parts");
  }
  // As the address spells it: its path may say the same in other words.
  const size_t at = url.rfind(name, url.find_first_of("?#"));
  if (at == std::string::npos) {
    return fail(in_quotes(text), " escapes the name of its file; write it as it is");
  }
  ModelSource source;
  for (uint64_t number = 1; number <= part->count; ++number) {
    const std::string its = base::SplitName{part->stem, number, part->count}.text();
    std::string its_url = url;
    its_url.replace(at, name.size(), its);
    source.files.push_back({its_url, its});
  }
  return source;
}

}  // namespace engine::remote
