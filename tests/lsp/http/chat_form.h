// A chat template that needs no marks of a vocabulary, in the form of DeepSeek V2's.
#pragma once

#include "lsp/features/chat/template.h"

namespace support {

inline lsp::features::chat::Template::Pointer turns_in_words() {
  return *lsp::features::chat::Template::make(
      "{% for m in messages %}{% if m.role == 'user' %}{{ 'User: ' + m.content + '\n\n' }}"
      "{% else %}{{ m.content + '\n\n' }}{% endif %}{% endfor %}Assistant:",
      "", "");
}

}  // namespace support
