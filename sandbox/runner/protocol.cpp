#include "sandbox/runner/protocol.h"

#include <cstring>

namespace sandbox::runner {
namespace {

using policy::File;
using policy::Limits;
using policy::Link;
using policy::Tree;

class Writer {
 public:
  std::string take() { return std::move(bytes_); }

  void operator()(uint64_t number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void operator()(const std::string& text) {
    (*this)(uint64_t{text.size()});
    bytes_ += text;
  }
  template <typename T>
  void operator()(const std::vector<T>& list) {
    (*this)(uint64_t{list.size()});
    for (const T& item : list) (*this)(item);
  }
  template <typename T>
  void operator()(const T& record) {
    fields(*this, record);
  }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool finished() const { return good_ && rest_.empty(); }

  void operator()(uint64_t& number) {
    if (rest_.size() < sizeof number) return spoil();
    std::memcpy(&number, rest_.data(), sizeof number);
    rest_.remove_prefix(sizeof number);
  }
  void operator()(std::string& text) {
    uint64_t size = 0;
    (*this)(size);
    if (size > rest_.size()) return spoil();
    text.assign(rest_.substr(0, size));
    rest_.remove_prefix(size);
  }
  template <typename T>
  void operator()(std::vector<T>& list) {
    uint64_t count = 0;
    (*this)(count);
    // Every item takes at least its own length or number.
    if (count > rest_.size() / sizeof(uint64_t)) return spoil();
    for (uint64_t i = 0; i < count && good_; ++i) (*this)(list.emplace_back());
  }
  template <typename T>
  void operator()(T& record) {
    fields(*this, record);
  }

 private:
  void spoil() {
    good_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool good_ = true;
};

// A number of any kind, through the one width that travels.
template <typename T>
void number(Writer& writer, const T& value) {
  writer(static_cast<uint64_t>(value));
}
template <typename T>
void number(Reader& reader, T& value) {
  uint64_t wide = 0;
  reader(wide);
  value = static_cast<T>(wide);
}

// Each coded() names the fields of one record, once for both directions.
template <typename Coder>
void coded(Coder& code, auto& tree, const Tree*) {
  code(tree.host), code(tree.at), number(code, tree.view), code(tree.hidden);
}
template <typename Coder>
void coded(Coder& code, auto& link, const Link*) {
  code(link.at), code(link.target);
}
template <typename Coder>
void coded(Coder& code, auto& file, const File*) {
  code(file.at), code(file.content), number(code, file.mode);
}
template <typename Coder>
void coded(Coder& code, auto& limits, const Limits*) {
  number(code, limits.memory_bytes), number(code, limits.spare_bytes);
  number(code, limits.scratch_bytes);
  number(code, limits.scratch_files), number(code, limits.processes);
  number(code, limits.open_files), number(code, limits.output_bytes);
  number(code, limits.kept_bytes);
}
template <typename Coder>
void coded(Coder& code, auto& step, const Step*) {
  code(step.argv), code(step.env), code(step.folder), code(step.log), code(step.message);
}
template <typename Coder>
void coded(Coder& code, auto& policy, const policy::Policy*) {
  code(policy.trees), code(policy.links), code(policy.files), code(policy.limits);
  number(code, policy.tracing), number(code, policy.reservation);
}
template <typename Coder>
void coded(Coder& code, auto& job, const Job*) {
  code(job.files), code(job.steps);
}

template <typename Coder, typename T>
void fields(Coder& code, T& record) {
  coded(code, record, static_cast<const std::remove_const_t<T>*>(nullptr));
}

}  // namespace

std::string encode(const Plan& plan) {
  Writer write;
  write(plan.policy);
  write(std::vector<Step>(plan.warm ? 1 : 0, plan.warm.value_or(Step{})));
  write(static_cast<uint64_t>(plan.backend));
  return write.take();
}

std::string encode(const Job& job) {
  Writer write;
  write(job);
  return write.take();
}

std::optional<Plan> decode_plan(std::string_view bytes) {
  Reader read(bytes);
  Plan plan;
  std::vector<Step> warm;
  read(plan.policy);
  read(warm);
  number(read, plan.backend);
  if (!read.finished() || warm.size() > 1) return std::nullopt;
  if (!warm.empty()) plan.warm = std::move(warm.front());
  return plan;
}

std::optional<Job> decode_job(std::string_view bytes) {
  Reader read(bytes);
  Job job;
  read(job);
  if (!read.finished()) return std::nullopt;
  return job;
}

}  // namespace sandbox::runner
