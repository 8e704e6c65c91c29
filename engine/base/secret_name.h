// Which files hold secrets, told by their names. What is in them never enters a prompt, an index or
// a sandbox.
#pragma once

#include <string_view>

namespace engine::base {

// `name` is the last part of a path; capitals do not matter. Folders of keys and credentials (.ssh)
// count. Examples (.env.example) do not: they hold no secrets, and tests read them.
bool is_secret_name(std::string_view name);

// The same for a path or a file's URI, and whatever lies in a folder of keys and credentials.
bool is_secret_path(std::string_view path);

}  // namespace engine::base
