#include "lsp/daemon/reserve.h"

#include <sys/mman.h>

#include <atomic>
#include <new>

namespace lsp::daemon {
namespace {

std::atomic<void*> reserve = nullptr;

void give_reserve_back() {
  void* const kept = reserve.exchange(nullptr);
  if (kept == nullptr) throw std::bad_alloc();
  munmap(kept, reserve_bytes);
}

}  // namespace

void keep_reserve() {
  if (reserve != nullptr) return;
  // Never touched, so that it takes no memory from others: only where addresses or what is promised
  // is limited does an allocation fail at all.
  void* const kept =
      mmap(nullptr, reserve_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (kept == MAP_FAILED) return;
  reserve = kept;
  std::set_new_handler(give_reserve_back);
}

}  // namespace lsp::daemon
