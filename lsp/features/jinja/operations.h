// Jinja's filters and tests, and the methods of Python's texts, lists and dictionaries: those that
// chat templates use. Anything else is an error that names it.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "lsp/features/jinja/value.h"

namespace lsp::features::jinja {

// Texts and lists past this are an error: a template can double one at each of its steps.
inline constexpr size_t most_bytes = size_t{16} << 20;

struct Arguments {
  List values;
  Dict named;

  // The value at a place or of a name; null without it.
  const Value* get(size_t place, std::string_view name = "") const;
};

// What goes into a list or a dictionary. An error where it is nested too deeply or is too large.
engine::base::Result<Value> copied(const Value& value);

engine::base::Result<Value> filter(std::string_view name, const Value& value,
                                   const Arguments& arguments);
engine::base::Result<bool> test(std::string_view name, const Value& value,
                                const Arguments& arguments);
engine::base::Result<Value> call_method(std::string_view name, const Value& value,
                                        const Arguments& arguments);

// `left sign right` for all signs but "and" and "or".
engine::base::Result<Value> combine(std::string_view sign, const Value& left, const Value& right);
engine::base::Result<Value> item_of(const Value& value, const Value& index);
// Each end may be undefined.
engine::base::Result<Value> slice_of(const Value& value, const Value& first, const Value& end,
                                     const Value& step);
// As `{{ value }}` writes it.
engine::base::Result<Text> written(const Value& value);
// What a loop goes through: a list, the names of a dictionary, the characters of a text.
engine::base::Result<List> elements_of(const Value& value);

}  // namespace lsp::features::jinja
