#include "lsp/http/tokens.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "engine/base/format.h"

namespace lsp::http {
namespace {

using base::fail;

constexpr size_t most_file_bytes = size_t{1} << 20;

struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) close(value);
  }
};

base::Result<std::string> new_secret() {
  std::array<unsigned char, 32> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return fail("no random bytes for a token: ", std::strerror(errno));
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string secret;
  for (const unsigned char byte : bytes) {
    secret += digits[byte >> 4];
    secret += digits[byte & 15];
  }
  return secret;
}

base::Status make(const std::string& path) {
  const auto secret = new_secret();
  if (!secret) return secret.error();
  std::error_code ignored;  // opening the file says what is wrong
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  const Descriptor file{open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  const std::string line = *secret + "\n";
  if (file.value < 0 ||
      write(file.value, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return fail("cannot write a token to ", path, ": ", std::strerror(errno));
  }
  return base::Done{};
}

base::Result<std::string> read_private(const std::string& path) {
  const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  struct stat about {};
  if (file.value < 0 || fstat(file.value, &about) != 0) {
    return fail("cannot read ", path, ": ", std::strerror(errno));
  }
  if (about.st_uid != geteuid() || (about.st_mode & 077) != 0) {
    return fail(path, " holds bearer tokens and can be read by others: chmod 600 ", path);
  }
  std::string text(most_file_bytes, '\0');
  const ssize_t size = read(file.value, text.data(), text.size());
  if (size < 0) return fail("cannot read ", path, ": ", std::strerror(errno));
  text.resize(static_cast<size_t>(size));
  return text;
}

base::Status check_secret(std::string_view secret, const std::string& where) {
  for (const char byte : secret) {
    if (byte > ' ' && byte < '\x7F') continue;
    return fail(where, ": a token is made of visible ASCII characters");
  }
  if (secret.size() < least_secret_bytes) {
    return fail(where, ": a token of ", secret.size(), " characters can be guessed; take ",
                least_secret_bytes, " or more");
  }
  return base::Done{};
}

// At the line's beginning or behind a blank: a token may have the sign within it.
std::string_view without_comment(std::string_view line) {
  size_t sign = line.find('#');
  while (sign != line.npos && sign > 0 && line[sign - 1] != ' ' && line[sign - 1] != '\t') {
    sign = line.find('#', sign + 1);
  }
  return line.substr(0, sign);
}

}  // namespace

base::Result<std::vector<Holder>> read_or_make_tokens(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    if (const auto made = make(path); !made) return made.error();
  }
  const auto text = read_private(path);
  if (!text) return text.error();
  std::vector<Holder> holders;
  std::istringstream lines(*text);
  size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words{std::string(without_comment(line))};
    std::string first, second, rest;
    words >> first >> second >> rest;
    if (first.empty()) continue;
    const std::string where = base::concat(path, ", line ", number);
    if (!rest.empty()) return fail(where, ": a name and a token are wanted, or a token alone");
    const bool named = !second.empty();
    Holder holder{named ? first : base::concat("line ", number), named ? second : first};
    if (const auto status = check_secret(holder.secret, where); !status) return status.error();
    holders.push_back(std::move(holder));
  }
  if (holders.empty()) return fail(path, " holds no token; remove it, and one is made");
  return holders;
}

base::Result<std::vector<Holder>> token_of_environment(std::string secret) {
  const auto status = check_secret(secret, "LEMMA_HTTP_TOKEN");
  if (!status) return status.error();
  return std::vector<Holder>{{"environment", std::move(secret)}};
}

std::optional<size_t> find_holder(const std::vector<Holder>& holders, std::string_view secret) {
  std::optional<size_t> found;
  for (size_t i = 0; i < holders.size(); ++i) {
    const std::string& theirs = holders[i].secret;
    unsigned difference = theirs.size() == secret.size() ? 0 : 1;
    for (size_t at = 0; at < theirs.size(); ++at) {
      const char given = at < secret.size() ? secret[at] : '\0';
      difference |= static_cast<unsigned char>(theirs[at] ^ given);
    }
    if (difference == 0) found = i;
  }
  return found;
}

}  // namespace lsp::http
