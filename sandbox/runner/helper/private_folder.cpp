#include "sandbox/runner/helper/private_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "sandbox/runner/helper/system.h"

namespace sandbox::runner::helper {
namespace {

const std::string parent = "/tmp";
const std::string prefix = "lemma-sandbox-";

// An entry that is no folder, or an empty one.
bool remove_entry(int folder, const std::string& name) {
  return unlinkat(folder, name.c_str(), 0) == 0 ||
         unlinkat(folder, name.c_str(), AT_REMOVEDIR) == 0;
}

// One pass over what the folder holds: folders in its folders are moved up into it, so that none
// lies too deep. False where nothing more can be done.
bool remove_some(int top, unsigned& moved) {
  bool progress = false;
  for (const std::string& name : entries(top)) {
    if (remove_entry(top, name)) {
      progress = true;
      continue;
    }
    // A folder, since all else is gone by now; the run may have made it such that nobody enters.
    // Never through a link, should a run that outlived its helper put one here meanwhile.
    fchmodat(top, name.c_str(), 0700, AT_SYMLINK_NOFOLLOW);
    const Descriptor folder(
        openat(top, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.valid()) continue;
    for (const std::string& each : entries(folder.get())) {
      if (remove_entry(folder.get(), each)) continue;
      const std::string up = ".removed-" + std::to_string(moved++);
      fchmodat(folder.get(), each.c_str(), 0700, AT_SYMLINK_NOFOLLOW);
      renameat(folder.get(), each.c_str(), top, up.c_str());
    }
    progress = remove_entry(top, name) || progress;
  }
  return progress;
}

// When no process is left that could change anything in it.
void remove_tree(const std::string& path) {
  const Descriptor top(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  for (unsigned moved = 0; top.valid() && remove_some(top.get(), moved);) continue;
  rmdir(path.c_str());
}

void sweep(uid_t owner) {
  const Descriptor folder(open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (const std::string& name : entries(folder.get())) {
    struct stat status;
    const std::string path = parent + "/" + name;
    if (is_left_over(name, prefix) && lstat(path.c_str(), &status) == 0 &&
        S_ISDIR(status.st_mode) && (status.st_uid == owner || status.st_uid == geteuid())) {
      remove_tree(path);
    }
  }
}

}  // namespace

PrivateFolder::~PrivateFolder() {
  if (exists()) remove_tree(path_);
}

PrivateFolder PrivateFolders::make(uid_t owner) {
  if (!swept_) sweep(owner);
  swept_ = true;
  std::string path = parent + "/" + prefix + std::to_string(getpid()) + "-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) return PrivateFolder();
  PrivateFolder made(path);
  if (geteuid() == 0 && lchown(path.c_str(), owner, owner) != 0) return PrivateFolder();
  return made;
}

}  // namespace sandbox::runner::helper
