// The engine of the process and what all its editors share: models, texts, workspaces. Loaded when
// it is first needed, and again when it was freed or its adapter is another one.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "lsp/chat_model.h"
#include "lsp/context/buffers.h"
#include "lsp/formulas.h"
#include "lsp/remote_completion.h"
#include "lsp/server/settings.h"
#include "lsp/workspaces.h"

namespace lsp {

namespace base = engine::base;

// As settings name them.
engine::session::BackendKind backend_kind(const std::string& name);
engine::session::KvCache kv_cache(const std::string& name);

// Thread-safe.
class SharedEngine {
 public:
  // FollowedAdapter::changed; empty: the adapter stays.
  using AdapterChanged = std::function<std::optional<base::Result<std::string>>()>;

  // `index_folder` is for what is known of workspaces; empty: nothing is.
  explicit SharedEngine(server::Settings settings, engine::session::PrefixFolder prefixes = {},
                        std::string index_folder = {}, AdapterChanged adapter_changed = {});

  Workspaces workspaces;
  const std::shared_ptr<features::chat::Model> chat_model;  // null: there is none
  const std::shared_ptr<Formulas> formulas;
  const std::unique_ptr<RemoteCompletion> remote;  // null: keystrokes are the local model's

  // The engine, and what lives and goes with it: texts are indexed once for all editors.
  struct Loaded {
    Loaded(std::shared_ptr<engine::session::Engine> its, std::string its_adapter)
        : engine(std::move(its)), adapter(std::move(its_adapter)), buffers(engine->tokenizer()) {}
    const std::shared_ptr<engine::session::Engine> engine;
    const std::string adapter;  // a path; empty: none
    context::BufferCache buffers;
  };

  // Blocks while the model is loaded.
  base::Result<std::shared_ptr<Loaded>> acquire();
  base::Result<std::shared_ptr<engine::session::Engine>> acquire_engine();
  // The same for the model of settings.chat_model.
  base::Result<std::shared_ptr<engine::session::Engine>> acquire_chat();
  // Gives the model's memory back where nobody has acquired the engine for this long, and says
  // whether it did. What is running goes on to its end. Waits for no model that is being loaded.
  bool free_if_idle(std::chrono::seconds time);
  // Where another adapter is wanted by now, begins to load the model with it. Until it is there the
  // one before answers; what runs then goes on to its end, and the one before is freed behind the
  // last of it. A card may have no room for two models twice: there they are freed first, once
  // nobody uses them, and who comes meanwhile waits. One that cannot be loaded changes nothing but
  // the notice, and is done without where it was to be the first. `acquire` does so too.
  void follow_adapter();
  const server::Settings& settings() const { return settings_; }

  // What is loaded now, or was last.
  struct Description {
    std::string text;     // of the engine
    std::string adapter;  // a path; empty: none
  };
  Description description() const;
  // For people: who computes instead of what is configured, and why; empty: nobody.
  std::string notice();

 private:
  struct Models {
    std::unique_ptr<Loaded> complete;
    std::shared_ptr<engine::session::Engine> chat;  // null: there is none
    std::string no_chat;                            // why it could not be loaded
  };

  // Without the model of settings.chat_model where that alone cannot be loaded.
  base::Result<std::shared_ptr<Models>> load_with(const std::string& adapter) const;
  base::Status load();            // under the lock
  void look_for_other_adapter();  // likewise
  void switch_to(const std::string& adapter);
  void switch_in_place();  // likewise
  void describe(const Loaded& loaded);
  void note_adapter(std::string notice);
  void note_still(const std::string& adapter, const std::string& reason);

  const server::Settings settings_;
  const engine::session::PrefixFolder prefixes_;
  const AdapterChanged adapter_changed_;

  std::mutex mutex_;  // guards what follows; held while a model is loaded that somebody waits for
  std::shared_ptr<Models> models_;  // null before they are loaded; held by all that answer
  std::string adapter_;
  std::optional<std::string> awaited_;  // an adapter, until nobody uses the models
  std::optional<std::string> before_;   // the one to go back to if adapter_ cannot be loaded
  bool is_switching_ = false;
  std::chrono::steady_clock::time_point last_use_;

  mutable std::mutex said_mutex_;  // guards what follows; never held for long
  Description description_;
  std::string adapter_notice_;

  std::jthread switcher_;  // last: it uses all of the above
};

}  // namespace lsp
