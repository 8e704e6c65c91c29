// The model that can be spoken to, as the machine's settings name it: one of this machine, else one
// behind an endpoint.
#pragma once

#include <memory>
#include <string>

#include "lsp/features/chat/local_model.h"
#include "lsp/server/chat.h"
#include "lsp/server/settings.h"

namespace lsp {

// Null where none is configured, or wrongly; chat_problem() says which. Contacts nobody. `acquire`
// gives the engine of settings.chat_model.
std::shared_ptr<features::chat::Model> make_chat_model(const server::Settings& settings,
                                                       features::chat::LocalModel::Acquire acquire);

// The same for the server's conversations; null for null.
std::shared_ptr<server::Chat> make_chat(std::shared_ptr<features::chat::Model> model);

// What is wrong with the settings of a model that can be spoken to, else empty.
std::string chat_problem(const server::Settings& settings);

// The endpoint of the settings, and what is wrong with it; empty where it is right or there is
// none.
engine::remote::Endpoint endpoint_of(const server::Settings& settings);
std::string remote_problem(const server::Settings& settings);

// Why there is no model to speak to, and what would make one.
std::string no_chat_model(const server::Settings& settings);

}  // namespace lsp
