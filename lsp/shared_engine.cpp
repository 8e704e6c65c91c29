#include "lsp/shared_engine.h"

#include <utility>

#include "engine/base/format.h"

namespace lsp {
namespace {

using engine::session::BackendKind;
using Clock = std::chrono::steady_clock;

BackendKind backend_kind(const std::string& name) {
  if (name == "reference") return BackendKind::reference;
  if (name == "cuda") return BackendKind::cuda;
  if (name == "auto") return BackendKind::best;
  return name == "none" ? BackendKind::none : BackendKind::cpu;
}

std::string name_of(const std::string& adapter) { return adapter.empty() ? "none" : adapter; }

}  // namespace

SharedEngine::SharedEngine(server::Settings settings, engine::session::PrefixFolder prefixes,
                           std::string index_folder, AdapterChanged adapter_changed)
    : workspaces(std::move(index_folder)),
      chat_model(make_chat_model(settings, [this] { return acquire_chat(); })),
      formulas(std::make_shared<Formulas>(chat_model, settings.remote.thinking_tokens)),
      remote(make_remote_completion(settings)),
      settings_(std::move(settings)),
      prefixes_(std::move(prefixes)),
      adapter_changed_(std::move(adapter_changed)),
      adapter_(settings_.adapter) {}

base::Result<SharedEngine::Models> SharedEngine::load_with(const std::string& adapter) const {
  const engine::session::ModelOptions complete{.path = settings_.model,
                                               .adapter_path = adapter,
                                               .memory_path = settings_.memory,
                                               .backend = backend_kind(settings_.backend),
                                               .threads = settings_.threads,
                                               .prefixes = prefixes_};
  if (settings_.chat_model.empty()) {
    auto engine = engine::session::Engine::load(complete);
    if (!engine) return engine.error();
    return Models{std::make_shared<Loaded>(std::move(*engine), adapter), nullptr};
  }
  auto both = engine::session::Engine::load(
      complete, {.path = settings_.chat_model, .backend = complete.backend});
  if (!both) return both.error();
  return Models{std::make_shared<Loaded>(std::move(both->complete), adapter),
                std::move(both->chat)};
}

base::Status SharedEngine::load() {
  last_use_ = Clock::now();
  look_for_other_adapter();
  if (models_.complete) return base::Done{};
  auto loaded = load_with(adapter_);
  if (!loaded) return loaded.error();
  models_ = std::move(*loaded);
  describe(*models_.complete);
  return base::Done{};
}

base::Result<std::shared_ptr<SharedEngine::Loaded>> SharedEngine::acquire() {
  const std::lock_guard lock(mutex_);
  if (const auto status = load(); !status) return status.error();
  return models_.complete;
}

base::Result<std::shared_ptr<engine::session::Engine>> SharedEngine::acquire_engine() {
  auto loaded = acquire();
  if (!loaded) return loaded.error();
  return (*loaded)->engine;
}

base::Result<std::shared_ptr<engine::session::Engine>> SharedEngine::acquire_chat() {
  const std::lock_guard lock(mutex_);
  if (const auto status = load(); !status) return status.error();
  return models_.chat;
}

bool SharedEngine::free_if_idle(std::chrono::seconds time) {
  Models idle;  // ends outside of the lock
  const std::lock_guard lock(mutex_);
  if (!models_.complete || Clock::now() - last_use_ < time) return false;
  idle = std::exchange(models_, {});
  formulas->free();
  return true;
}

void SharedEngine::follow_adapter() {
  const std::lock_guard lock(mutex_);
  look_for_other_adapter();
}

void SharedEngine::look_for_other_adapter() {
  if (!adapter_changed_ || is_switching_) return;
  const auto wanted = adapter_changed_();
  if (!wanted) return;
  if (!wanted->ok()) {
    return note_adapter(
        base::concat(wanted->message(), "; the adapter is still ", name_of(adapter_)));
  }
  note_adapter("");
  if (!models_.complete) {
    adapter_ = **wanted;
    return;
  }
  // Two of the model on a card may be more than it has room for.
  const bool on_card = settings_.backend == "cuda" || settings_.backend == "auto";
  if (on_card && !settings_.chat_model.empty()) {
    return note_adapter("beside a chat model on a GPU another adapter takes a restart");
  }
  is_switching_ = true;
  switcher_ = std::jthread([this, adapter = **wanted] { switch_to(adapter); });
}

void SharedEngine::switch_to(const std::string& adapter) {
  auto loaded = load_with(adapter);
  Models before;  // ends outside of the lock
  const std::lock_guard lock(mutex_);
  is_switching_ = false;
  if (!loaded) {
    return note_adapter(
        base::concat("the adapter is still ", name_of(adapter_), ", since ", loaded.message()));
  }
  adapter_ = adapter;
  describe(*loaded->complete);
  // Freed meanwhile: it stays so until it is needed.
  if (models_.complete) before = std::exchange(models_, std::move(*loaded));
}

void SharedEngine::describe(const Loaded& loaded) {
  const std::lock_guard lock(said_mutex_);
  description_ = {loaded.engine->description(), loaded.adapter};
}

void SharedEngine::note_adapter(std::string notice) {
  const std::lock_guard lock(said_mutex_);
  adapter_notice_ = std::move(notice);
}

SharedEngine::Description SharedEngine::description() const {
  const std::lock_guard lock(said_mutex_);
  return description_;
}

std::string SharedEngine::notice() {
  std::string text = remote ? remote->notice() : "";
  const auto add = [&](const std::string& more) {
    if (!text.empty() && !more.empty()) text += "; ";
    text += more;
  };
  {
    const std::unique_lock lock(mutex_, std::try_to_lock);  // taken while a model is loaded
    if (lock && models_.complete) add(models_.complete->engine->notice());
  }
  const std::lock_guard lock(said_mutex_);
  add(adapter_notice_);
  return text;
}

}  // namespace lsp
