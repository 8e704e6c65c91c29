// Folders for what is nobody else's business.
#pragma once

#include <filesystem>
#include <system_error>

namespace lsp::server {

// Makes the folder and those above it. Its user alone can enter it then, also where it was there.
inline std::error_code make_own_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  return error;
}

}  // namespace lsp::server
