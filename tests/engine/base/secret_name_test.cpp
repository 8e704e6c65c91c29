#include "engine/base/secret_name.h"

#include "tests/support/catch.h"

using engine::base::is_secret_name;
using engine::base::is_secret_path;

TEST_CASE("names of secrets") {
  for (const char* name : {".env",
                           ".env.local",
                           ".ENV",
                           "prod.env",
                           "server.pem",
                           "id_rsa",
                           "id_ed25519",
                           ".npmrc",
                           ".netrc",
                           ".ssh",
                           "credentials",
                           "credentials.json",
                           "Secrets.yaml",
                           "app.key",
                           ".bash_history",
                           "prod.tfstate",
                           ".env~",
                           "#.env#",
                           "id_rsa.bak",
                           "Server.KEY~",
                           "prod.tfstate.backup",
                           ".netrc.old",
                           "credentials.toml",
                           "login.keytab",
                           "key.ppk"}) {
    INFO(name);
    CHECK(is_secret_name(name));
  }
  for (const char* name : {"", "env", "env.py", ".env.example", "id_rsa.pub", "key.py", "monkey",
                           "history.md", ".envrc.md", "identity.c", "secrets.py", "environment",
                           "~", "##", "notes.bak", ".env.example~"}) {
    INFO(name);
    CHECK_FALSE(is_secret_name(name));
  }
}

TEST_CASE("paths of secrets") {
  for (const char* path : {".env", "a/.env.local", "C:\\x\\.npmrc", "file:///home/a/.netrc"}) {
    INFO(path);
    CHECK(is_secret_path(path));
  }
  for (const char* path :
       {"file:///home/a/.kube/config", "/home/a/.docker/config.json", "/home/a/.ssh/config",
        ".aws/sso/cache/1.json", "C:\\x\\.Ssh\\known_hosts"}) {
    INFO(path);
    CHECK(is_secret_path(path));
  }
  CHECK_FALSE(is_secret_path("credentials/views.py"));
  CHECK_FALSE(is_secret_path("order_history/models.py"));
  CHECK_FALSE(is_secret_path("docker/config.json"));
  CHECK_FALSE(is_secret_path(".docker/php/Dockerfile"));
  CHECK_FALSE(is_secret_path(".env/readme.md"));
  CHECK_FALSE(is_secret_path(""));
}
