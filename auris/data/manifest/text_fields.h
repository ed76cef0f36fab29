#pragma once
// Texts by name, as clips and text lists hold labels, translations and questions.

#include <map>
#include <string>

#include "auris/base/json_fields.h"

namespace auris::data {

// {"name": "text", ...}; empty if the field is not there. Throws for values that are no texts.
inline std::map<std::string, std::string> named_texts(const JsonFields& fields, std::string_view key) {
  std::map<std::string, std::string> texts;
  if (!fields.has(key)) return texts;
  const JsonFields object = fields.object(key);
  for (const auto& [name, value] : object.json().items()) texts[name] = object.text(name);
  return texts;
}

}  // namespace auris::data
