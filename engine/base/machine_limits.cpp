#include "engine/base/machine_limits.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>
#include <vector>

namespace engine::base {
namespace {

// The first words of a file as numbers; "max" and what cannot be read end them.
std::vector<int64_t> numbers_in(const std::string& path) {
  std::ifstream file(path);
  std::vector<int64_t> numbers;
  for (int64_t number = 0; file >> number;) numbers.push_back(number);
  return numbers;
}

// The folder of this process's group in the hierarchy of `controller` (version 1), or in the only
// one where that is empty (version 2); empty: it is in none.
std::string group_folder(const ControlGroups& groups, const std::string& controller) {
  std::ifstream file(groups.membership);
  for (std::string line; std::getline(file, line);) {  // 4:cpu,cpuacct:/path
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    std::istringstream names(line.substr(first + 1, second - first - 1));
    bool is_this = controller.empty() && names.str().empty();
    for (std::string name; std::getline(names, name, ',');) is_this |= name == controller;
    if (!is_this) continue;
    return groups.mount + (controller.empty() ? "" : "/" + controller) + line.substr(second + 1);
  }
  return "";
}

// Calls visit for the group's folder and all above it, up to where the tree is mounted: each may
// have a limit. In a container the folder named may be one that only the host sees.
void for_each_ancestor(const ControlGroups& groups, std::string folder,
                       const std::function<void(const std::string&)>& visit) {
  while (folder.size() > groups.mount.size()) {
    while (folder.ends_with('/')) folder.pop_back();
    visit(folder);
    folder.resize(folder.rfind('/'));
  }
  visit(groups.mount);
}

}  // namespace

std::optional<int> processor_limit(const ControlGroups& groups) {
  std::optional<int> least;
  const auto consider = [&](int64_t quota, int64_t period) {  // microseconds
    if (quota <= 0 || period <= 0) return;
    const auto processors =
        static_cast<int>(std::min<int64_t>((quota + period - 1) / period, 1 << 20));
    least = std::min(least.value_or(processors), processors);
  };
  for_each_ancestor(groups, group_folder(groups, ""), [&](const std::string& folder) {
    const auto numbers = numbers_in(folder + "/cpu.max");
    if (numbers.size() == 2) consider(numbers[0], numbers[1]);
  });
  for_each_ancestor(groups, group_folder(groups, "cpu"), [&](const std::string& folder) {
    const auto quota = numbers_in(folder + "/cpu.cfs_quota_us");
    const auto period = numbers_in(folder + "/cpu.cfs_period_us");
    if (!quota.empty() && !period.empty()) consider(quota[0], period[0]);
  });
  return least;
}

int64_t memory_limit(const ControlGroups& groups) {
  int64_t least = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  const auto consider = [&](const std::string& path) {
    const auto numbers = numbers_in(path);
    if (!numbers.empty() && numbers[0] > 0) least = std::min(least, numbers[0]);
  };
  for_each_ancestor(groups, group_folder(groups, ""),
                    [&](const std::string& folder) { consider(folder + "/memory.max"); });
  for_each_ancestor(groups, group_folder(groups, "memory"), [&](const std::string& folder) {
    consider(folder + "/memory.limit_in_bytes");
  });
  return least;
}

}  // namespace engine::base
