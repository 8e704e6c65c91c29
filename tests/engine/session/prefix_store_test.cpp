// What comes from the disk is what was put there, or nothing.
#include "engine/session/prefix_store.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <optional>

#include "tests/engine/session/harness.h"
#include "tests/engine/session/logged_folder.h"
#include "tests/support/catch.h"

namespace {

using namespace support;
using engine::session::extend_prefix;
using engine::session::PrefixKey;
using engine::session::PrefixStore;
namespace fs = std::filesystem;

constexpr size_t block_bytes = 1000;
constexpr uint64_t plenty = 1 << 20;
constexpr uint64_t file_bytes = 1184;  // a head and a block

struct Store {
  explicit Store(LoggedFolder& folder, uint64_t bytes = plenty, std::string identity = "model") {
    auto opened = PrefixStore::open({.folder = folder.path(),
                                     .bytes = bytes,
                                     .identity = std::move(identity),
                                     .block_bytes = block_bytes,
                                     .log = folder.log()});
    REQUIRE(opened.ok());
    store = std::move(*opened);
  }

  // Blocks are known by a seed here.
  PrefixKey key(uint64_t seed) const { return extend_prefix(store->root(), text_of(seed, 32)); }
  static std::vector<std::byte> block(uint64_t seed) {
    std::vector<std::byte> bytes(block_bytes);
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(seed * 31 + i % 97);
    return bytes;
  }
  bool save(uint64_t seed) { return store->save(key(seed), text_of(seed, 32), block(seed)); }
  // What is loaded, or nothing; never anything else.
  bool load(uint64_t seed) {
    std::vector<std::byte> found(block_bytes);
    if (!store->load(key(seed), text_of(seed, 32), found)) return false;
    CHECK(found == block(seed));
    return true;
  }

  std::unique_ptr<PrefixStore> store;
};

std::string contents_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& contents) {
  std::ofstream(path, std::ios::binary) << contents;
}

fs::path only_file(const LoggedFolder& folder) {
  const auto files = folder.files();
  REQUIRE(files.size() == 1);
  return files[0];
}

}  // namespace

TEST_CASE("what was saved is loaded by the next who opens the folder") {
  LoggedFolder folder;
  {
    Store store(folder);
    CHECK_FALSE(store.load(1));
    for (uint64_t seed = 0; seed < 10; ++seed) CHECK(store.save(seed));
  }
  Store store(folder);
  for (uint64_t seed = 0; seed < 10; ++seed) {
    CHECK(store.store->has(store.key(seed)));
    CHECK(store.load(seed));
  }
  CHECK_FALSE(store.store->has(store.key(10)));
  CHECK_FALSE(store.load(10));
  CHECK(store.store->load_ms() > 0);
  CHECK(folder.logged().empty());
}

TEST_CASE("files are the user's alone, and a folder that is not is refused") {
  LoggedFolder folder;
  { Store(folder).save(1); }
  struct stat status {};
  REQUIRE(stat(only_file(folder).c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);

  const auto refused = [&](const fs::path& path, const std::string& says) {
    const auto opened = PrefixStore::open({.folder = path,
                                           .bytes = plenty,
                                           .identity = "model",
                                           .block_bytes = block_bytes,
                                           .log = folder.log()});
    REQUIRE_FALSE(opened.ok());
    INFO(opened.message());
    CHECK(opened.message().find(says) != std::string::npos);
  };
  fs::permissions(folder.path(), fs::perms::group_read, fs::perm_options::add);
  refused(folder.path(), "chmod 700");
  fs::permissions(folder.path(), fs::perms::owner_all);
  fs::create_directory_symlink(folder.path(), folder.path() / "link");
  refused(folder.path() / "link", "cannot open the folder");
  write(folder.path() / "file", "");
  refused(folder.path() / "file", "cannot open the folder");
  refused(folder.path() / "file" / "below", "cannot make");

  const auto made = PrefixStore::open({.folder = folder.path() / "a" / "b",
                                       .bytes = plenty,
                                       .identity = "model",
                                       .block_bytes = block_bytes,
                                       .log = folder.log()});
  REQUIRE(made.ok());
  REQUIRE(stat((folder.path() / "a" / "b").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
}

TEST_CASE("a damaged file is never loaded, is logged, and goes") {
  LoggedFolder folder;
  { Store(folder).save(1); }
  const std::string whole = contents_of(only_file(folder));
  REQUIRE(whole.size() == file_bytes);
  for (size_t at = 0; at < whole.size(); at += at < 200 ? 1 : 53) {
    INFO("byte " << at);
    const fs::path path = only_file(folder);
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    write(path, damaged);
    Store store(folder);
    CHECK_FALSE(store.load(1));
    CHECK(folder.files().empty());
    CHECK(folder.logged().find(path.filename()) != std::string::npos);
    CHECK(store.save(1));  // once more
  }
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100}, whole.size() - 1}) {
    write(only_file(folder), whole.substr(0, size));
    Store store(folder);
    CHECK_FALSE(store.load(1));
    CHECK(store.save(1));
  }
  write(only_file(folder), whole + "x");
  CHECK_FALSE(Store(folder).load(1));
}

TEST_CASE("a file of another text or another model is not taken for this one") {
  LoggedFolder folder;
  std::string first, second;
  fs::path path;
  {
    Store(folder).save(1);
    path = only_file(folder);
    first = contents_of(path);
  }
  fs::remove(path);
  {
    Store(folder).save(2);
    second = contents_of(only_file(folder));
    fs::remove(only_file(folder));
  }
  write(path, second);
  CHECK_FALSE(Store(folder).load(1));
  CHECK(folder.logged().find("belongs to another text") != std::string::npos);

  write(path, first);
  Store other(folder, plenty, "another model");
  CHECK_FALSE(other.store->has(other.key(1)));
  CHECK_FALSE(other.load(1));
  CHECK(Store(folder).load(1));
}

TEST_CASE("whatever else lies in the folder is logged and removed, folders excepted") {
  LoggedFolder folder;
  { Store(folder).save(1); }
  write(folder.path() / "notes.txt", "x");
  fs::create_directory(folder.path() / "folder");
  fs::create_symlink("/nowhere", folder.path() / std::string(32, 'a'));
  write(folder.path() / (std::string(32, 'b') + ".7.part"), "being written by somebody");
  Store store(folder);
  CHECK(store.load(1));
  CHECK_FALSE(fs::exists(folder.path() / "notes.txt"));
  CHECK_FALSE(fs::is_symlink(folder.path() / std::string(32, 'a')));
  CHECK(fs::exists(folder.path() / "folder"));
  CHECK(fs::exists(folder.path() / (std::string(32, 'b') + ".7.part")));
  CHECK(folder.logged().find("notes.txt is not a prefix of ours; removed") != std::string::npos);
  CHECK(folder.logged().find("folder is not a prefix of ours; ignored") != std::string::npos);
}

TEST_CASE("what was never finished goes after an hour") {
  LoggedFolder folder;
  const fs::path part = folder.path() / (std::string(32, 'c') + ".7.part");
  write(part, "half");
  fs::last_write_time(part, fs::file_time_type::clock::now() - std::chrono::hours(2));
  Store store(folder);
  CHECK_FALSE(fs::exists(part));
}

TEST_CASE("the folder keeps within its bytes, and what was not used for longest goes first") {
  LoggedFolder folder;
  {
    Store store(folder, 4 * file_bytes);
    for (uint64_t seed = 0; seed < 4; ++seed) CHECK(store.save(seed));
  }
  {
    Store store(folder, 4 * file_bytes);
    CHECK(store.load(0));
    CHECK(store.save(4));
    CHECK_FALSE(store.store->has(store.key(1)));
    CHECK(store.load(0));
  }
  CHECK(folder.files().size() == 4);
  {
    Store store(folder, 2 * file_bytes);  // a smaller budget now
    CHECK(store.load(4));
    CHECK(store.load(0));
  }
  CHECK(folder.files().size() == 2);
  Store none(folder, file_bytes - 1);
  CHECK_FALSE(none.save(7));
  CHECK(folder.files().empty());
}

TEST_CASE("two processes share the folder's bytes") {
  LoggedFolder folder;
  {
    Store one(folder, 200 * file_bytes);  // has seen an empty folder
    {
      Store other(folder, 200 * file_bytes);
      for (uint64_t seed = 0; seed < 200; ++seed) CHECK(other.save(seed));
    }
    for (uint64_t seed = 200; seed < 400; ++seed) CHECK(one.save(seed));
  }
  // One looks for what others have written every 32 files.
  CHECK(folder.files().size() <= 200 + 32);
}

TEST_CASE("a file that another process removed is missed, and can be saved again") {
  LoggedFolder folder;
  { Store(folder).save(1); }
  Store store(folder);
  fs::remove(only_file(folder));
  CHECK_FALSE(store.load(1));
  CHECK(folder.logged().empty());
  CHECK(store.save(1));
}
