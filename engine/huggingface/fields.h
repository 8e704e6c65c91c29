// A JSON file of a model directory whose members are read by name. The first error is remembered,
// so that a family reads as a list of its fields; after one, every value is its fallback.
//
// Fields of inner objects are named with dots: "rope_scaling.factor". A field that is null is
// absent, as everywhere in these files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/format.h"
#include "engine/base/json.h"
#include "engine/base/mapped_file.h"
#include "engine/base/result.h"

namespace engine::huggingface {

class Fields {
 public:
  // A file that is not there has no fields; one that is no JSON object is an error.
  static base::Result<Fields> open(const std::string& path);

  const std::string& path() const { return path_; }
  bool has(std::string_view field) const { return find(field).has_value(); }
  std::optional<base::JsonValue> find(std::string_view field) const;
  // "FILE: field 'FIELD' at byte OFFSET", or without the offset where it is absent.
  std::string place_of(std::string_view field) const;

  int64_t integer(std::string_view field);
  int64_t integer_or(std::string_view field, int64_t fallback);
  double number(std::string_view field);
  double number_or(std::string_view field, double fallback);
  bool boolean_or(std::string_view field, bool fallback);
  std::string_view text_or(std::string_view field, std::string_view fallback);

  template <typename... Why>
  void refuse(std::string_view field, const Why&... why) {
    if (ok()) error_ = base::fail(place_of(field), ": ", why...);
  }
  void refuse(base::Error error) {
    if (ok()) error_ = std::move(error);
  }
  bool ok() const { return error_.message.empty(); }
  const base::Error& error() const { return error_; }

 private:
  Fields(std::string path, base::MappedFile mapping, base::Json json)
      : path_(std::move(path)), mapping_(std::move(mapping)), json_(std::move(json)) {}

  template <typename T>
  T take(std::string_view field, std::optional<T> (base::JsonValue::*read)() const,
         const char* kind, T fallback);
  void require(std::string_view field);

  std::string path_;
  base::MappedFile mapping_;  // what the texts view
  base::Json json_;
  base::Error error_;
};

}  // namespace engine::huggingface
