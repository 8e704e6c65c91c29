#include "lsp/shared_engine.h"

#include <utility>

#include "engine/base/format.h"

namespace lsp {
namespace {

using engine::session::BackendKind;
using Clock = std::chrono::steady_clock;

std::string adapter_name_of(const std::string& adapter) {
  return adapter.empty() ? "none" : adapter;
}

}  // namespace

BackendKind backend_kind(const std::string& name) {
  if (name == "reference") return BackendKind::reference;
  if (name == "cuda") return BackendKind::cuda;
  if (name == "auto") return BackendKind::best;
  return name == "none" ? BackendKind::none : BackendKind::cpu;
}

engine::session::KvCache kv_cache(const std::string& name) {
  using engine::session::KvCache;
  return name == "fp8" ? KvCache::fp8 : KvCache::f16;
}

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

base::Result<std::shared_ptr<SharedEngine::Models>> SharedEngine::load_with(
    const std::string& adapter) const {
  const engine::session::ModelOptions complete{.path = settings_.model,
                                               .adapter_path = adapter,
                                               .memory_path = settings_.memory,
                                               .backend = backend_kind(settings_.backend),
                                               .threads = settings_.threads,
                                               .kv_cache = kv_cache(settings_.kv_cache),
                                               .prefixes = prefixes_};
  std::string no_chat;
  if (!settings_.chat_model.empty()) {
    auto both = engine::session::Engine::load(
        complete,
        {.path = settings_.chat_model, .backend = complete.backend, .kv_cache = complete.kv_cache});
    if (both) {
      return std::make_shared<Models>(Models{
          std::make_unique<Loaded>(std::move(both->complete), adapter), std::move(both->chat), ""});
    }
    no_chat = both.message();
  }
  auto engine = engine::session::Engine::load(complete);
  if (!engine) return engine.error();
  return std::make_shared<Models>(
      Models{std::make_unique<Loaded>(std::move(*engine), adapter), nullptr, std::move(no_chat)});
}

base::Status SharedEngine::load() {
  last_use_ = Clock::now();
  look_for_other_adapter();
  if (models_) return base::Done{};
  auto loaded = load_with(adapter_);
  // Who completes goes on without what cannot be used.
  const std::string before = std::exchange(before_, {}).value_or("");
  if (!loaded && adapter_ != before) {
    auto with_other = load_with(before);
    if (!with_other) return loaded.error();
    note_still(before, loaded.message());
    adapter_ = before;
    loaded = std::move(with_other);
  }
  if (!loaded) return loaded.error();
  models_ = std::move(*loaded);
  describe(*models_->complete);
  return base::Done{};
}

base::Result<std::shared_ptr<SharedEngine::Loaded>> SharedEngine::acquire() {
  const std::lock_guard lock(mutex_);
  if (const auto status = load(); !status) return status.error();
  return std::shared_ptr<Loaded>(models_, models_->complete.get());
}

base::Result<std::shared_ptr<engine::session::Engine>> SharedEngine::acquire_engine() {
  auto loaded = acquire();
  if (!loaded) return loaded.error();
  return std::shared_ptr<engine::session::Engine>(*loaded, (*loaded)->engine.get());
}

base::Result<std::shared_ptr<engine::session::Engine>> SharedEngine::acquire_chat() {
  const std::lock_guard lock(mutex_);
  if (const auto status = load(); !status) return status.error();
  if (!models_->chat) return base::Error{models_->no_chat};
  return std::shared_ptr<engine::session::Engine>(models_, models_->chat.get());
}

bool SharedEngine::free_if_idle(std::chrono::seconds time) {
  std::shared_ptr<Models> idle;  // ends outside of the lock
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || !models_ || Clock::now() - last_use_ < time) return false;
  idle = std::exchange(models_, {});
  formulas->free();
  return true;
}

void SharedEngine::follow_adapter() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (lock) look_for_other_adapter();
}

void SharedEngine::look_for_other_adapter() {
  if (!adapter_changed_ || is_switching_) return;
  const auto wanted = adapter_changed_();
  if (wanted && !wanted->ok()) {
    return note_adapter(
        base::concat(wanted->message(), "; the adapter is still ", adapter_name_of(adapter_)));
  }
  if (wanted) {
    note_adapter("");
    awaited_ = **wanted;
  }
  if (!awaited_) return;
  const bool on_card = settings_.backend == "cuda" || settings_.backend == "auto";
  if (!models_) {
    adapter_ = *std::exchange(awaited_, {});
  } else if (on_card && !settings_.chat_model.empty()) {
    if (models_.use_count() == 1) switch_in_place();
  } else {
    is_switching_ = true;
    switcher_ =
        std::jthread([this, adapter = *std::exchange(awaited_, {})] { switch_to(adapter); });
  }
}

void SharedEngine::switch_in_place() {
  models_.reset();
  before_ = std::exchange(adapter_, *std::exchange(awaited_, {}));
  is_switching_ = true;
  switcher_ = std::jthread([this] {
    const std::lock_guard lock(mutex_);
    is_switching_ = false;
    if (const auto status = load(); !status) note_adapter(status.message());
  });
}

void SharedEngine::switch_to(const std::string& adapter) {
  auto loaded = load_with(adapter);
  std::shared_ptr<Models> before;  // ends outside of the lock
  const std::lock_guard lock(mutex_);
  is_switching_ = false;
  if (!loaded) return note_still(adapter_, loaded.message());
  adapter_ = adapter;
  describe(*(*loaded)->complete);
  // Freed meanwhile: it stays so until it is needed.
  if (models_) before = std::exchange(models_, std::move(*loaded));
}

void SharedEngine::describe(const Loaded& loaded) {
  const std::lock_guard lock(said_mutex_);
  description_ = {loaded.engine->description(), loaded.adapter};
}

void SharedEngine::note_still(const std::string& adapter, const std::string& reason) {
  const std::string now =
      adapter.empty() ? "there is no adapter" : "the adapter is still " + adapter;
  note_adapter(base::concat(now, ", since ", reason));
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
    if (lock && models_) {
      add(models_->complete->engine->notice());
      if (!models_->no_chat.empty()) add("there is no chat model, since " + models_->no_chat);
    }
  }
  const std::lock_guard lock(said_mutex_);
  add(adapter_notice_);
  return text;
}

}  // namespace lsp
