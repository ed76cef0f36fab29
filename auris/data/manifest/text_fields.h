#pragma once
// Fields that several kinds of records have.

#include <map>
#include <string>

#include "auris/base/json_fields.h"
#include "auris/base/sha256.h"

namespace auris::data {

// {"name": "text", ...}; empty if the field is not there. Throws for values that are no texts.
inline std::map<std::string, std::string> named_texts(const JsonFields& fields, std::string_view key) {
  std::map<std::string, std::string> texts;
  if (!fields.has(key)) return texts;
  const JsonFields object = fields.object(key);
  for (const auto& [name, value] : object.json().items()) texts[name] = object.text(name);
  return texts;
}

// A usage error about a name becomes one about the field that holds it.
template <class Act>
auto as_input(const JsonFields& fields, std::string_view key, const Act& act) {
  try {
    return act();
  } catch (const Error& error) {
    fields.fail(key, "a name that is known", quoted(fields.text(key)), error.what());
  }
}

// A SHA-256 in lower-case hex; empty if the field is not there. Throws for anything else.
inline std::string hash_in(const JsonFields& fields, std::string_view key) {
  std::string hash = fields.text(key, "");
  if (!hash.empty() && !is_sha256_hex(hash)) fields.fail(key, "64 digits of lower-case hex", quoted(hash));
  return hash;
}

}  // namespace auris::data
