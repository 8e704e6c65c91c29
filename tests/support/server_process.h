// A scripted server (a program beside this file) for tests, in a process of its own, on loopback.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace support {

class ServerProcess {
 public:
  // PEM files.
  struct Tls {
    std::string certificates;
    std::string key;
  };

  // `program` says what its script, which is JSON, may hold.
  ServerProcess(const std::string& program_name, const std::string& script,
                const std::optional<Tls>& tls = {})
      : scheme_(tls ? "https" : "http") {
    std::ofstream(folder_.path("script")) << script;
    std::ofstream(folder_.path("log"));
    int input[2], output[2];
    REQUIRE(pipe2(input, O_CLOEXEC) == 0);
    REQUIRE(pipe2(output, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    const std::string program = LEMMA_SOURCE_DIR "/tests/support/" + program_name;
    std::vector<std::string> words{"python3", "-B", program, folder_.path("script"),
                                   folder_.path("log")};
    if (tls) words.insert(words.end(), {tls->certificates, tls->key});
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    REQUIRE(posix_spawn(&process_, "/usr/bin/python3", &actions, nullptr, argv.data(), environ) ==
            0);
    posix_spawn_file_actions_destroy(&actions);
    close(input[0]);
    close(output[1]);
    stop_ = input[1];
    char byte;
    while (read(output[0], &byte, 1) == 1 && byte != '\n') port_ += byte;
    close(output[0]);
    REQUIRE_FALSE(port_.empty());
  }
  ~ServerProcess() {
    close(stop_);
    waitpid(process_, nullptr, 0);
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Without a slash at its end.
  std::string address(const std::string& host = "127.0.0.1") const {
    return scheme_ + "://" + host + ":" + port_;
  }
  // What it was sent, a JSON object a line.
  std::vector<std::string> log() const {
    std::ifstream file(folder_.path("log"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

 private:
  const std::string scheme_;
  TemporaryFolder folder_;
  pid_t process_ = 0;
  int stop_ = -1;
  std::string port_;
};

}  // namespace support
