// lsp/features/testing behind the server's Tester.
#pragma once

#include <memory>
#include <string>

#include "lsp/features/chat/model.h"
#include "lsp/server/tester.h"

namespace lsp {

// `python` is the machine's setting; `model` may be null.
std::shared_ptr<server::Tester> make_tester(std::string python,
                                            std::shared_ptr<features::chat::Model> model);

}  // namespace lsp
