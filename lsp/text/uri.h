// The names of documents: URIs on the wire, paths for people and prompts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lsp::text {

// The URI of an absolute path.
std::string uri_of(std::string_view path);

// The path of a URI, whatever its scheme, without query and fragment.
std::string path_of(std::string_view uri);

// Whether it is a file's, of that path: clients escape more or less of it than uri_of() does.
bool is_of_file(std::string_view uri, std::string_view path);

// The path of a URI, relative to the innermost of the `folders` (URIs) that holds it.
std::string relative_path(std::string_view uri, const std::vector<std::string>& folders);

// Whether the innermost of the `folders` that holds one document holds the other too, or both lie
// in none: what is open above two projects does not bring them together. What has no path, as a new
// document that was not saved yet, goes with all.
bool share_folder(std::string_view one, std::string_view other,
                  const std::vector<std::string>& folders);

}  // namespace lsp::text
