// Bearer tokens: where they are kept, and who is meant by one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "lsp/http/options.h"

namespace lsp::http {

constexpr size_t least_secret_bytes = 16;

// A line for each: `NAME SECRET`, or a secret alone; `#` begins a comment. The file must be the
// user's, and readable by nobody else. Where `path` is missing it is made, with one new token.
base::Result<std::vector<Holder>> read_or_make_tokens(const std::string& path);

// The one that was given by the environment.
base::Result<std::vector<Holder>> token_of_environment(std::string secret);

// The holder whose secret this is, by index. Takes the same time for every secret of one length.
std::optional<size_t> find_holder(const std::vector<Holder>& holders, std::string_view secret);

}  // namespace lsp::http
