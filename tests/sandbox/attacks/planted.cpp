#include "tests/sandbox/attacks/planted.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/check.h"

namespace attacks {
namespace {

namespace fs = std::filesystem;

int listen_inet(int kind, int& port) {
  const int descriptor = socket(AF_INET, kind | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  INVARIANT(bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0);
  if (kind == SOCK_STREAM) INVARIANT(listen(descriptor, 8) == 0);
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return descriptor;
}

int listen_unix(const std::string& name) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  INVARIANT(name.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  INVARIANT(bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0);
  INVARIANT(listen(descriptor, 8) == 0);
  return descriptor;
}

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

Planted::Planted() {
  temporary_.write("home/.ssh/id_rsa", "canary");
  leaked_ = open((folder_ + "/home/.ssh/id_rsa").c_str(), O_RDONLY);
  INVARIANT(leaked_ >= 0);
  temporary_.write("tools/compiler", "tool");
  temporary_.write("project/.env", "canary");
  temporary_.write("project/notes.txt", "readable");
  tcp_ = listen_inet(SOCK_STREAM, port_);
  udp_ = listen_inet(SOCK_DGRAM, udp_port_);
  abstract_ = listen_unix(std::string(1, '\0') + fs::path(folder_).filename().string());
  path_ = listen_unix(folder_ + "/docker.sock");
  project_ = listen_unix(workspace() + "/daemon.sock");
  syscall(SYS_add_key, "user", "lemma-canary", "x", 1, KEY_SPEC_SESSION_KEYRING);
  thread_ = std::thread([this] { answer(); });
}

Planted::~Planted() {
  stop_ = true;
  thread_.join();
  for (const int descriptor : {leaked_, tcp_, udp_, abstract_, path_, project_}) close(descriptor);
}

std::string Planted::definitions() const {
  const auto text = [](const char* name, const std::string& value) {
    return std::string(name) + " = '" + value + "'\n";
  };
  return text("FOLDER", folder_) + text("TOOLS", tools()) +
         text("KEY", folder_ + "/home/.ssh/id_rsa") + text("SOCKET", folder_ + "/docker.sock") +
         text("ABSTRACT", fs::path(folder_).filename()) + text("WORKSPACE", workspace()) +
         text("WORKSPACE_SOCKET", workspace() + "/daemon.sock") +
         "HOST_PROCESS = " + std::to_string(getpid()) + "\nPORT = " + std::to_string(port_) +
         "\nUDP_PORT = " + std::to_string(udp_port_) + "\n";
}

bool Planted::intact() const {
  return content(folder_ + "/home/.ssh/id_rsa") == "canary" &&
         content(tools() + "/compiler") == "tool" && content(workspace() + "/.env") == "canary" &&
         content(workspace() + "/notes.txt") == "readable";
}

void Planted::answer() {
  while (!stop_) {
    pollfd events[] = {{tcp_, POLLIN, 0},
                       {abstract_, POLLIN, 0},
                       {path_, POLLIN, 0},
                       {project_, POLLIN, 0},
                       {udp_, POLLIN, 0}};
    constexpr int look_up_ms = 50;
    poll(events, 5, look_up_ms);
    for (int i = 0; i < 4; ++i) {
      if (events[i].revents == 0) continue;
      const int client = accept4(events[i].fd, nullptr, nullptr, SOCK_CLOEXEC);
      send(client, "canary", 6, MSG_NOSIGNAL);
      close(client);
    }
    if (events[4].revents == 0) continue;
    sockaddr_in from{};
    socklen_t size = sizeof from;
    char buffer[64];
    recvfrom(udp_, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &size);
    sendto(udp_, "canary", 6, 0, reinterpret_cast<sockaddr*>(&from), size);
  }
}

}  // namespace attacks
