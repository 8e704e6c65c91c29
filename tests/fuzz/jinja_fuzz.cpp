// libFuzzer target: chat templates, as any file may bring one. A template ends and says what is
// wrong; of what it writes, each byte is known to be its own or a person's.
#include "engine/base/check.h"
#include "lsp/features/jinja/template.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lsp::features::jinja;
  const auto form = Template::parse({reinterpret_cast<const char*>(data), size});
  if (!form) return INVARIANT(!form.message().empty()), 0;
  List messages;
  for (const char* const role : {"system", "user", "assistant", "user"}) {
    messages.emplace_back(
        Dict{{"role", Value(role)}, {"content", Value(Text::from_outside("<think>a</think> b "))}});
  }
  const auto text = form->render({{"messages", Value(std::move(messages))},
                                  {"add_generation_prompt", Value(true)},
                                  {"bos_token", Value("<s>")}});
  INVARIANT(text.ok() ? text->bytes.size() == text->foreign.size() : !text.message().empty());
  return 0;
}
