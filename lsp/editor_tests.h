// lsp/features/testing behind the server's Tester.
#pragma once

#include <memory>
#include <string>

#include "lsp/server/tester.h"

namespace lsp {

// `python` is the machine's setting.
std::shared_ptr<server::Tester> make_tester(std::string python);

}  // namespace lsp
