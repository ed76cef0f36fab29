#pragma once
// JSON texts that match a schema (https://json-schema.org, 2020-12), as a grammar.
//
// Known: type (also several), properties, required, additionalProperties, items, prefixItems, minItems,
// maxItems, enum, const, anyOf, oneOf, allOf of one, $ref within the schema ($defs), minLength, maxLength,
// minimum and maximum of integers. Properties come in the schema's order; those that are not named come last,
// and only where the schema allows them. oneOf is anyOf. Annotations (title, description, ...) mean nothing.
// A keyword that is not known is refused, as answers would not keep to it.

#include <nlohmann/json.hpp>

#include "auris/generate/grammar/token_grammar.h"

namespace auris::generate {

// `where` opens the messages. Throws kUsage.
TextGrammar json_schema_grammar(const nlohmann::ordered_json& schema, const std::string& where);

// Any JSON object.
TextGrammar json_object_grammar();

}  // namespace auris::generate
