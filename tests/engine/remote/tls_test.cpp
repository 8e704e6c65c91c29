// Over TLS, with an authority of our own on loopback: who is trusted, and that nothing is sent to
// anybody else.
#include <cstdlib>
#include <fstream>

#include "engine/remote/client.h"
#include "tests/support/catch.h"
#include "tests/support/chat_server.h"

namespace {

using namespace engine::remote;

// Two authorities, and certificates of the first: for localhost, and for another host.
class Certificates {
 public:
  Certificates() {
    make_authority("ours");
    make_authority("others");
    make_certificate("here", "DNS:localhost");
    make_certificate("elsewhere", "DNS:elsewhere.example.org");
  }
  std::string authority(const std::string& name) const { return folder_.path(name + ".pem"); }
  support::ChatServer::Tls of(const std::string& name) const {
    return {folder_.path(name + ".pem"), folder_.path(name + ".key")};
  }

 private:
  void run(const std::string& arguments) const {
    const std::string log = folder_.path("openssl.log");
    INFO(arguments);
    REQUIRE(std::system(("cd '" + folder_.path("") + "' && openssl " + arguments + " >" + log +
                         " 2>&1 </dev/null")
                            .c_str()) == 0);
  }
  void make_authority(const std::string& name) const {
    run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout " +
        name + ".key -out " + name + ".pem -subj /CN=" + name);
  }
  void make_certificate(const std::string& name, const std::string& host) const {
    std::ofstream(folder_.path(name + ".ext")) << "subjectAltName=" << host << "\n";
    run("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + name +
        ".key -out " + name + ".csr -subj /CN=" + name);
    run("x509 -req -days 2 -in " + name +
        ".csr -CA ours.pem -CAkey ours.key -CAcreateserial "
        "-extfile " +
        name + ".ext -out " + name + ".pem");
  }

  support::TemporaryFolder folder_;
};

const Certificates& certificates() {
  static const Certificates made;
  return made;
}

// SSL_CERT_FILE, for as long as it lives; empty: unset.
struct Trusting {
  explicit Trusting(const std::string& file) {
    if (file.empty()) {
      unsetenv("SSL_CERT_FILE");
    } else {
      setenv("SSL_CERT_FILE", file.c_str(), 1);
    }
  }
  ~Trusting() { unsetenv("SSL_CERT_FILE"); }
  Trusting(const Trusting&) = delete;
  Trusting& operator=(const Trusting&) = delete;
};

Result<Reply> ask(const std::string& url) {
  setenv("LEMMA_TEST_TOKEN", "sesame", 1);
  return Client({.url = url, .model = "scripted", .token_env = "LEMMA_TEST_TOKEN"})
      .chat({{Message::Role::user, "How many?"}}, {}, {}, {});
}

void check_refused(const std::string& server_name, const std::string& host,
                   const std::string& trusted, const std::vector<std::string>& said) {
  const support::ChatServer server(R"([{"say": "Seven."}])", certificates().of(server_name));
  const Trusting trusting(trusted);
  const auto reply = ask(server.url(host));
  REQUIRE_FALSE(reply.ok());
  INFO(reply.message());
  CHECK(reply.message().starts_with(server.url(host) + " is not trusted, and was sent nothing: "));
  for (const std::string& part : said) CHECK(reply.message().find(part) != std::string::npos);
  CHECK(reply.message().find("sesame") == std::string::npos);
  CHECK(server.log().empty());  // neither the question nor the token has left
}

}  // namespace

TEST_CASE("a certificate of a trusted authority, for the host's name, is answered to") {
  const support::ChatServer server(R"([{"say": "Seven."}])", certificates().of("here"));
  const Trusting trusting(certificates().authority("ours"));
  const auto reply = ask(server.url("localhost"));
  INFO((reply ? "" : reply.message()));
  REQUIRE(reply.ok());
  CHECK(reply->text == "Seven.");
  REQUIRE(server.log().size() == 1);
  CHECK(server.log()[0].find("Bearer sesame") != std::string::npos);
}

TEST_CASE("an unknown authority is refused, and what would make it known is said") {
  check_refused("here", "localhost", "", {"issuer certificate", "update-ca-certificates"});
  const std::string others = certificates().authority("others");
  check_refused("here", "localhost", others, {"issuer certificate", "'" + others + "'"});
}

TEST_CASE("a certificate for another host is refused, whoever has signed it") {
  const std::string ours = certificates().authority("ours");
  check_refused("elsewhere", "localhost", ours, {"localhost", "for the host in remote.url"});
  check_refused("here", "127.0.0.1", ours, {"127.0.0.1", "for the host in remote.url"});
}

TEST_CASE("authorities that cannot be read trust nobody") {
  check_refused("here", "localhost", "/nowhere/authorities.pem", {"/nowhere/authorities.pem"});
}

TEST_CASE("what speaks no TLS gets no question over it") {
  const support::ChatServer server(R"([{"say": "Seven."}])");
  const Trusting trusting(certificates().authority("ours"));
  std::string url = server.url("localhost");
  const auto reply = ask(url.replace(0, 4, "https"));
  REQUIRE_FALSE(reply.ok());
  CHECK(server.log().empty());
}
