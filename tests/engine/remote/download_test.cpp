// Downloads from a scripted server of files: what is taken up again, what starts anew, and what is
// refused. No server of the world is asked.
#include "engine/remote/download.h"

#include <signal.h>
#include <sys/resource.h>

#include <fstream>
#include <map>
#include <thread>

#include "engine/base/json.h"
#include "engine/base/read_file.h"
#include "engine/remote/model_source.h"
#include "engine/remote/sha256.h"
#include "tests/support/catch.h"
#include "tests/support/server_process.h"

namespace {

using namespace engine::remote;
using engine::base::read_file;

class FileServer : public support::ServerProcess {
 public:
  explicit FileServer(const std::string& script) : ServerProcess("file_server.py", script) {}
  // A header of request N; empty: it had none.
  std::string header(size_t request, const char* name) const {
    const auto requests = log();
    const auto entry = engine::base::Json::parse(requests.at(request));
    REQUIRE(entry.ok());
    const auto headers = entry->root().find("headers");
    REQUIRE(headers);
    const auto value = headers->find(name);
    return value ? std::string(*value->string()) : "";
  }
};

// One file from one server into a folder of its own.
struct Case {
  explicit Case(const std::string& script) : server(script) {
    wanted = {.url = server.address() + "/m.gguf",
              .path = folder.path("m.gguf"),
              .silence_ms = 1'000,
              .pause_ms = 10};
  }
  auto run(const OnProgress& on_progress = {}) { return download(wanted, on_progress, {}); }
  void refused(const std::string& why) {
    const auto loaded = run();
    REQUIRE_FALSE(loaded.ok());
    INFO(loaded.message());
    CHECK(loaded.message().find(why) != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(wanted.path));
  }
  Downloaded arrives(size_t bytes) {
    auto loaded = run();
    INFO((loaded ? "" : loaded.message()));
    REQUIRE(loaded.ok());
    CHECK(std::filesystem::file_size(wanted.path) == bytes);
    CHECK(folder.files().size() == 1);  // nothing is left beside it
    return *loaded;
  }
  uintmax_t part_size() const {
    std::error_code error;
    const auto size = std::filesystem::file_size(wanted.path + ".part", error);
    return error ? 0 : size;
  }

  support::TemporaryFolder folder;
  FileServer server;
  Download wanted;
};

// Of the same bytes as {"size": 100000, "seed": 1}.
std::string sum_of_seed_1() {
  Case whole(R"([{"size": 100000}])");
  return whole.arrives(100'000).sha256;
}

}  // namespace

TEST_CASE("a file arrives whole, and who asks is told how much there is") {
  Case file(R"([{"size": 300000}])");
  int64_t last = 0, whole = 0;
  const auto loaded = file.run([&](const DownloadProgress& progress) {
    if (progress.phase != DownloadProgress::Phase::loading) return;
    CHECK(progress.bytes > last);
    last = progress.bytes;
    whole = progress.whole;
  });
  REQUIRE(loaded.ok());
  CHECK(last == 300'000);
  CHECK(whole == 300'000);
  CHECK(loaded->vouched == Vouched::by_size);
  CHECK(loaded->resumed_at == 0);
  CHECK(file.server.header(0, "Range").empty());
}

TEST_CASE("a connection that is cut is taken up where it ended") {
  Case file(R"([{"size": 100000, "etag": "\"a\"", "cut": 30000},
                {"size": 100000, "etag": "\"a\"", "cut": 30000},
                {"size": 100000, "etag": "\"a\""}])");
  CHECK(file.arrives(100'000).sha256 == sum_of_seed_1());
  CHECK(file.server.log().size() == 3);
  CHECK(file.server.header(1, "Range") == "bytes=30000-");
  CHECK(file.server.header(1, "If-Range") == "\"a\"");
  CHECK(file.server.header(2, "Range") == "bytes=60000-");
}

TEST_CASE("a later download goes on where an earlier one was left") {
  Case file(R"([{"size": 100000, "etag": "\"a\"", "cut": 40000},
                {"status": 404}, {"size": 100000, "etag": "\"a\""}])");
  file.refused("is not there");
  CHECK(file.part_size() == 40'000);
  const Downloaded loaded = file.arrives(100'000);
  CHECK(loaded.resumed_at == 40'000);
  CHECK(loaded.sha256 == sum_of_seed_1());
}

TEST_CASE("a file that has changed in between starts anew") {
  Case file(R"([{"size": 100000, "seed": 2, "etag": "\"a\"", "cut": 40000},
                {"size": 100000, "etag": "\"b\""}])");
  const Downloaded loaded = file.arrives(100'000);
  CHECK(loaded.sha256 == sum_of_seed_1());
  CHECK(loaded.resumed_at == 0);
}

TEST_CASE("without a strong ETag or a date, or where no ranges are known, it starts anew") {
  for (const char* version :
       {"", R"("etag": "W/\"a\"",)", R"("etag": "\"a\"", "ranges": false,)"}) {
    INFO(version);
    const std::string rule = std::string("{") + version + R"("size": 100000)";
    Case file("[" + rule + R"(, "cut": 40000}, {"status": 404}, )" + rule + "}]");
    file.refused("is not there");
    CHECK(file.arrives(100'000).sha256 == sum_of_seed_1());
    const bool asks = std::string(version).find("ranges") != std::string::npos;
    CHECK(file.server.header(1, "Range") == (asks ? "bytes=40000-" : ""));
    CHECK(file.server.header(2, "Range") == (asks ? "bytes=40000-" : ""));
  }
  Case dated(R"([{"size": 9000, "cut": 4000, "headers": {"Last-Modified": "yesterday"}},
                 {"size": 9000}])");
  dated.arrives(9'000);
  CHECK(dated.server.header(1, "If-Range") == "yesterday");
}

TEST_CASE("what is left of another address is no beginning") {
  Case file(R"([{"size": 100000, "seed": 2, "etag": "\"a\"", "cut": 40000}, {"status": 404},
                {"size": 100000, "etag": "\"a\""}])");
  file.refused("is not there");
  file.wanted.url += "?other";
  CHECK(file.arrives(100'000).sha256 == sum_of_seed_1());
  CHECK(file.server.header(2, "Range").empty());
}

TEST_CASE("the sum that is given must be the file's; a wrong one removes what has arrived") {
  const std::string sum = sum_of_seed_1();
  Case right(R"([{"size": 100000}])");
  right.wanted.sha256 = sum;
  right.wanted.sha256[3] = static_cast<char>(std::toupper(sum[3]));
  CHECK(right.arrives(100'000).vouched == Vouched::by_given_sum);
  Case wrong(R"([{"size": 100000, "seed": 2, "etag": "\"a\""}])");
  wrong.wanted.sha256 = sum;
  wrong.refused("and not " + sum);
  CHECK(wrong.folder.files().empty());
  Case none(R"([{"size": 1}])");
  none.wanted.sha256 = "abc";
  none.refused("64 hexadecimal digits");
  CHECK(none.server.log().empty());
}

TEST_CASE("the hub's own sum is checked, across its redirect and across a cut") {
  const std::string sum = sum_of_seed_1();
  const auto hub = [](const std::string& sum_of_hub) {
    return R"({"status": 302, "to": "/store", "headers": {"X-Linked-Etag": "\")" + sum_of_hub +
           R"(\"", "X-Linked-Size": "100000"}})";
  };
  Case right("[" + hub(sum) + R"(, {"size": 100000, "etag": "\"a\"", "cut": 5000}, )" + hub(sum) +
             R"(, {"size": 100000, "etag": "\"a\""}])");
  CHECK(right.arrives(100'000).vouched == Vouched::by_server_sum);
  CHECK(right.server.header(3, "Range") == "bytes=5000-");
  Case wrong("[" + hub(sum) + R"(, {"size": 100000, "seed": 2}])");
  wrong.refused("and not " + sum);
  // Small files have a name of git there, which is no such sum.
  Case small("[" + hub("0123456789012345678901234567890123456789") + R"(, {"size": 10}])");
  CHECK(small.arrives(10).vouched == Vouched::by_size);
}

TEST_CASE("redirects lead to https, or from this machine to itself, and five at most") {
  Case relative(R"([{"status": 307, "to": "/other"}, {"size": 10}])");
  relative.arrives(10);
  CHECK(relative.server.log().at(1).find("\"/other\"") != std::string::npos);
  Case plain(R"([{"status": 302, "to": "http://example.org/m.gguf"}])");
  plain.refused("plain http");
  Case file(R"([{"status": 302, "to": "file:///etc/passwd"}])");
  file.refused("it must be like https://");
  Case round(R"([{"status": 301, "to": "/m.gguf"}])");
  round.refused("leads to too many others");
  CHECK(round.server.log().size() == 6);
}

TEST_CASE("a disk without room is told before a byte is written") {
  Case file(R"([{"size": 10, "claims": 4000000000000000, "etag": "\"a\""}])");
  file.refused("GB are to come; make room");
  CHECK(file.part_size() == 0);
}

TEST_CASE("a disk that fills keeps what has arrived") {
  Case file(R"([{"size": 100000, "etag": "\"a\""}])");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = signal(SIGXFSZ, SIG_IGN);
  const rlimit small{50'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);  // a stand-in for a full disk: writing fails in the middle
  const auto loaded = file.run();
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  REQUIRE_FALSE(loaded.ok());
  INFO(loaded.message());
  CHECK(loaded.message().find("what has arrived is kept") != std::string::npos);
  CHECK(file.part_size() == 50'000);
  CHECK(file.arrives(100'000).resumed_at == 50'000);
}

TEST_CASE("what a server refuses is said in its words' place, and asked again where that helps") {
  for (const auto& [status, why] : std::map<int, const char*>{
           {404, "is its name right?"}, {403, "without an account"}, {418, "status 418"}}) {
    Case file("[{\"status\": " + std::to_string(status) + ", \"size\": 20}]");
    file.refused(why);
    CHECK(file.server.log().size() == 1);
  }
  Case busy(R"([{"status": 503}, {"size": 10}])");
  busy.arrives(10);
  Case broken(R"([{"status": 500}])");
  broken.refused("status 500");
  CHECK(broken.server.log().size() == 2);
}

TEST_CASE("a server that falls silent is left, and a length that is not known is no obstacle") {
  Case silent(R"([{"stall": true}, {"size": 10}])");
  silent.arrives(10);
  Case unknown(R"([{"size": 5000, "length": false}])");
  CHECK(unknown.arrives(5'000).vouched == Vouched::by_nothing);
  Case nobody(R"([{"size": 10}])");
  nobody.wanted.url = "http://127.0.0.1:1/m.gguf";
  nobody.refused("127.0.0.1:1");
}

TEST_CASE("a stop leaves what has arrived, and two do not load one file at once") {
  Case file(R"([{"size": 3000000, "etag": "\"a\""}])");
  std::stop_source stop;
  bool second_refused = false;
  const auto loaded = download(
      file.wanted,
      [&](const DownloadProgress& progress) {
        if (progress.bytes < 100'000 || stop.stop_requested()) return;
        const auto second = file.run();
        second_refused =
            !second.ok() && second.message().find("another lemma") != std::string::npos;
        stop.request_stop();
      },
      stop.get_token());
  REQUIRE_FALSE(loaded.ok());
  CHECK(loaded.message().find("goes on from here") != std::string::npos);
  CHECK(second_refused);
  CHECK(file.part_size() >= 100'000);
  CHECK(file.arrives(3'000'000).resumed_at >= 100'000);
}

TEST_CASE("a file of the hub and an address name what is loaded") {
  const auto check = [](const std::string& text, const std::vector<std::string>& expected) {
    INFO(text);
    const auto source = find_model_source(text, "https://hub.example");
    REQUIRE(source.ok());
    std::vector<std::string> urls;
    for (const auto& file : source->files) urls.push_back(file.url);
    CHECK(urls == expected);
  };
  const std::string main = "https://hub.example/o/r-GGUF/resolve/main/";
  check("hf:o/r-GGUF/m.gguf", {main + "m.gguf"});
  check("hf:o/r-GGUF/Q4/m-00002-of-00002.gguf",
        {main + "Q4/m-00001-of-00002.gguf", main + "Q4/m-00002-of-00002.gguf"});
  check("https://a.example/x/m.gguf?download=true", {"https://a.example/x/m.gguf?download=true"});
  check("https://a.example/x/./m-00001-of-00002.gguf?m-00001-of-00002.gguf",
        {"https://a.example/x/./m-00001-of-00002.gguf?m-00001-of-00002.gguf",
         "https://a.example/x/./m-00002-of-00002.gguf?m-00001-of-00002.gguf"});
  for (const char* wrong :
       {"hf:o/m.gguf", "hf:o/../m.gguf", "hf:o/r/.m.gguf", "hf:o/r/m.bin", "hf:o/r//m.gguf",
        "http://example.org/m.gguf", "https://a.example/", "https://a.example/m%2f.gguf", "m.gguf",
        "https://me:pw@a.example/m.gguf", "hf:o/r/m-00001-of-00000.gguf",
        "ftp://a.example/m.gguf"}) {
    INFO(wrong);
    CHECK_FALSE(find_model_source(wrong, "https://hub.example").ok());
  }
}
