#include "engine/base/secret_name.h"

#include <algorithm>
#include <array>
#include <string>

#include "engine/base/format.h"

namespace engine::base {

namespace {

constexpr auto names = std::to_array<std::string_view>({".env",         ".envrc",
                                                        ".netrc",       "_netrc",
                                                        ".npmrc",       ".yarnrc",
                                                        ".pypirc",      ".pgpass",
                                                        ".htpasswd",    ".my.cnf",
                                                        ".vault-token", ".git-credentials",
                                                        ".aws",         ".ssh",
                                                        ".gnupg",       ".kube",
                                                        ".azure",       ".docker",
                                                        "id_rsa",       "id_dsa",
                                                        "id_ecdsa",     "id_ed25519",
                                                        "id_ecdsa_sk",  "id_ed25519_sk",
                                                        ".dockercfg",   "credentials.toml",
                                                        "credentials",  "credentials.json",
                                                        "secrets.json", "secrets.yaml",
                                                        "secrets.yml",  "secrets.toml",
                                                        "secret.json",  "secret.yaml",
                                                        "secret.yml",   "secret.toml"});
// All that lies in them. Not .docker, in which repositories have what builds their images.
constexpr auto folders = std::to_array<std::string_view>({".aws", ".ssh", ".gnupg", ".kube"});
constexpr std::string_view docker_folder = ".docker", docker_logins = "config.json";
constexpr auto endings =
    std::to_array<std::string_view>({".env", ".pem", ".key", ".p12", ".pfx", ".jks", ".keystore",
                                     ".kdbx", ".asc", ".ppk", ".keytab", ".tfstate", "_history"});
// What editors and people add to the name of a file's older version.
constexpr auto copy_endings =
    std::to_array<std::string_view>({"~", ".bak", ".backup", ".old", ".orig", ".save"});
constexpr auto example_endings =
    std::to_array<std::string_view>({".example", ".sample", ".template", ".dist"});

// "#.env#" is what Emacs has not saved yet.
std::string_view without_copy(std::string_view name) {
  if (name.size() > 2 && name.starts_with('#') && name.ends_with('#')) {
    return name.substr(1, name.size() - 2);
  }
  for (const std::string_view ending : copy_endings) {
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

}  // namespace

bool is_secret_name(std::string_view name) {
  const std::string all_lower = lower_case(name);
  const std::string_view lower = without_copy(all_lower);
  const auto ends = [&](std::string_view ending) { return lower.ends_with(ending); };
  if (std::any_of(example_endings.begin(), example_endings.end(), ends)) return false;
  return std::find(names.begin(), names.end(), lower) != names.end() ||
         std::any_of(endings.begin(), endings.end(), ends) || lower.starts_with(".env.");
}

bool is_secret_path(std::string_view path) {
  constexpr std::string_view separators = "/\\";
  for (size_t end = path.find_first_of(separators); end != std::string_view::npos;
       end = path.find_first_of(separators)) {
    const std::string folder = lower_case(path.substr(0, end));
    if (std::find(folders.begin(), folders.end(), folder) != folders.end()) return true;
    path.remove_prefix(end + 1);
    if (folder == docker_folder && lower_case(path) == docker_logins) return true;
  }
  return is_secret_name(path);
}

}  // namespace engine::base
