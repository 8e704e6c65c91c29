#include "engine/remote/sha256.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include "engine/base/format.h"

namespace engine::remote {

base::Result<std::string> sha256_of_file(const std::string& path,
                                         const std::function<bool(int64_t bytes)>& on_bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::fail("cannot read ", path);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  INVARIANT(context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1);
  std::vector<char> buffer(size_t{4} << 20);
  int64_t bytes = 0;
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const auto size = static_cast<size_t>(file.gcount());
    INVARIANT(EVP_DigestUpdate(context.get(), buffer.data(), size) == 1);
    bytes += static_cast<int64_t>(size);
    if (on_bytes && !on_bytes(bytes)) return base::fail("stopped");
  }
  if (!file.eof()) return base::fail("cannot read all of ", path);
  std::array<unsigned char, 32> sum{};
  INVARIANT(EVP_DigestFinal_ex(context.get(), sum.data(), nullptr) == 1);
  std::string text;
  for (const unsigned char byte : sum) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

}  // namespace engine::remote
