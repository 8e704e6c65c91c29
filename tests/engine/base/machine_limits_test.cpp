#include "engine/base/machine_limits.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/base/thread_pool.h"
#include "tests/support/catch.h"

namespace {

namespace fs = std::filesystem;
using engine::base::ControlGroups;

// Files as the kernel shows them.
class Tree {
 public:
  Tree() : root_(fs::temp_directory_path() / ("lemma-groups-" + std::to_string(getpid()))) {}
  ~Tree() { fs::remove_all(root_); }
  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  ControlGroups groups() const { return {root_ / "mount", root_ / "membership"}; }

 private:
  fs::path root_;
};

}  // namespace

TEST_CASE("the tightest limit of a group and those above it counts") {
  Tree tree;
  tree.write("membership", "0::/user/app\n");
  CHECK_FALSE(engine::base::processor_limit(tree.groups()));
  tree.write("mount/user/app/cpu.max", "max 100000\n");
  CHECK_FALSE(engine::base::processor_limit(tree.groups()));
  tree.write("mount/user/cpu.max", "250000 100000\n");
  CHECK(engine::base::processor_limit(tree.groups()) == 3);
  tree.write("mount/user/app/cpu.max", "50000 100000\n");
  CHECK(engine::base::processor_limit(tree.groups()) == 1);
  const int64_t all = engine::base::memory_limit(tree.groups());
  CHECK(all > int64_t{1} << 24);
  tree.write("mount/user/memory.max", "1048576\n");
  CHECK(engine::base::memory_limit(tree.groups()) == 1048576);
  tree.write("mount/user/memory.max", "max\n");
  CHECK(engine::base::memory_limit(tree.groups()) == all);
}

TEST_CASE("version 1 tells by controller, and may name a folder that only the host sees") {
  Tree tree;
  tree.write("membership", "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/\n");
  tree.write("mount/cpu/cpu.cfs_quota_us", "400000\n");
  tree.write("mount/cpu/cpu.cfs_period_us", "100000\n");
  tree.write("mount/memory/memory.limit_in_bytes", "2097152\n");
  CHECK(engine::base::processor_limit(tree.groups()) == 4);
  CHECK(engine::base::memory_limit(tree.groups()) == 2097152);
  tree.write("mount/cpu/docker/abc/cpu.cfs_quota_us", "-1\n");
  tree.write("mount/cpu/docker/abc/cpu.cfs_period_us", "100000\n");
  CHECK(engine::base::processor_limit(tree.groups()) == 4);
}

TEST_CASE("damaged and missing files are no limits") {
  Tree tree;
  CHECK_FALSE(engine::base::processor_limit(tree.groups()));
  tree.write("membership", "nonsense\n0:\n0::/a\n");
  tree.write("mount/a/cpu.max", "none\n");
  tree.write("mount/cpu.max", "0 0\n");
  CHECK_FALSE(engine::base::processor_limit(tree.groups()));
  CHECK(engine::base::physical_core_count() >= 1);
}
