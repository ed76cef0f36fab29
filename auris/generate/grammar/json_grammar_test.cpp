#include "auris/generate/grammar/json_grammar.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "auris/base/error.h"
#include "auris/generate/grammar/automaton.h"

namespace auris::generate {
namespace {

using nlohmann::ordered_json;

Automaton automaton_of(const std::string& schema) {
  TextGrammar grammar = json_schema_grammar(ordered_json::parse(schema), "schema");
  return {std::move(grammar.grammar), grammar.root};
}

bool matches(Automaton& automaton, const std::string& text) {
  Automaton::State state = automaton.start();
  for (const char byte : text) state = automaton.next(state, static_cast<uint8_t>(byte));
  return state != Automaton::kDead && automaton.is_end(state);
}

struct Case {
  std::string schema;
  std::vector<std::string> right, wrong;
};

TEST(JsonGrammar, MatchesWhatItsSchemaMeans) {
  const std::vector<Case> cases = {
      {R"({"type":"integer"})",
       {"0", "-1", "42", "123456789012345"},
       {"", "-0", "01", "1.5", "1e3", "a", "1 "}},
      {R"({"type":"integer","minimum":0})", {"0", "7"}, {"-1"}},
      {R"({"type":"integer","minimum":-2,"maximum":11})", {"-2", "0", "11"}, {"-3", "12", "111"}},
      {R"({"type":"number"})", {"0", "-1.5", "2e10", "0.5E-3"}, {".5", "1.", "1e", "NaN", "--1"}},
      {R"({"type":"boolean"})", {"true", "false"}, {"True", "0"}},
      {R"({"type":["null","string"]})", {"null", "\"\""}, {"0"}},
      {R"({"type":"string"})",
       {R"("")", R"("a\"\\\n")", "\"h\xC3\xA9\xF0\x9F\x98\x80\"", R"("\u00e9")"},
       {R"(")", R"("a)", "\"\n\"", "\"\xC3\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"", R"("\x")", R"("\ud800")",
        R"("\u00")"}},
      {R"({"type":"string","minLength":2,"maxLength":3})",
       {R"("ab")", R"("abc")", "\"\xC3\xA9\xC3\xA9\xC3\xA9\""},
       {R"("a")", R"("abcd")", R"("")"}},
      {R"({"enum":["red","green",3,null]})", {R"("red")", R"("green")", "3", "null"}, {"red", R"("blue")"}},
      {R"({"const":{"a":[1]}})", {R"({"a":[1]})"}, {R"({"a":[2]})"}},
      {R"({"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3})",
       {"[1]", "[1, 2]", "[ 1,2,\n  3 ]"},
       {"[]", "[1,]", "[1,2,3,4]", "[1 2]", "[\"a\"]"}},
      {R"({"type":"array","items":{"type":"integer"},"minItems":2})",
       {"[1,2]", "[1,2,3,4,5]"},
       {"[]", "[1]"}},
      {R"({"type":"array","items":{"type":"integer"}})", {"[]", "[1]", "[1,2,3,4,5,6]"}, {"[,]"}},
      {R"({"type":"array","prefixItems":[{"type":"string"}],"items":{"type":"integer"}})",
       {R"(["a"])", R"(["a",1,2])"},
       {"[1]"}},
      {R"({"type":"array","prefixItems":[{"type":"string"}],"items":false})",
       {R"(["a"])"},
       {R"(["a",1])", "[]"}},
      {R"({"type":"object","properties":{"z":{"type":"integer"},"a":{"type":"string"},"m":{"type":"boolean"}},
           "required":["z","m"]})",
       {R"({"z":1,"m":true})", R"({ "z": 1, "a": "x", "m": false })"},
       {"{}", R"({"z":1})", R"({"m":true,"z":1})", R"({"z":1,"m":true,"q":2})", R"({"z":1,,"m":true})",
        R"({"z":"1","m":true})"}},
      {R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}})",
       {"{}", R"({"a":1})", R"({"b":1})", R"({"a":1,"b":2})"},
       {R"({,"b":1})", R"({"a":1,})"}},
      {R"({"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":{"type":"boolean"}})",
       {R"({"a":1})", R"({"a":1,"x":true,"y":false})"},
       {R"({"x":true})", R"({"a":1,"x":1})"}},
      {R"({"type":"object"})", {"{}", R"({"a":{"b":[1,"x",null]}})"}, {"[]", "{\"a\"}"}},
      {R"({})", {"1", "[[], {}]", "\"x\""}, {"", "x"}},
      {R"({"anyOf":[{"type":"integer"},{"type":"object","properties":{"a":{"type":"null"}},"required":["a"]}]})",
       {"5", R"({"a":null})"},
       {"\"5\"", "{}"}},
      {R"({"$ref":"#/$defs/tree","$defs":{"tree":{"type":"object","properties":{"value":{"type":"integer"},
           "children":{"type":"array","items":{"$ref":"#/$defs/tree"}}},"required":["value"]}}})",
       {R"({"value":1})", R"({"value":1,"children":[{"value":2,"children":[]},{"value":3}]})"},
       {R"({"value":1,"children":[{}]})"}},
      {R"({"type":"object","properties":{"a \"b\"":{"type":"integer"}},"required":["a \"b\""]})",
       {R"({"a \"b\"":1})"},
       {R"({"a "b"":1})"}},
  };
  for (const auto& [schema, right, wrong] : cases) {
    Automaton automaton = automaton_of(schema);
    for (const std::string& text : right) EXPECT_TRUE(matches(automaton, text)) << schema << "\n" << text;
    for (const std::string& text : wrong) EXPECT_FALSE(matches(automaton, text)) << schema << "\n" << text;
  }
}

TEST(JsonGrammar, RefusesWhatItCannotHoldAnswersTo) {
  for (const char* schema : {R"({"type":"string","pattern":"a+"})",
                             R"({"type":"string","format":"date"})",
                             R"({"type":"cat"})",
                             R"({"type":[]})",
                             R"({"enum":[]})",
                             R"({"anyOf":[]})",
                             R"({"$ref":"http://x"})",
                             R"({"$ref":"#/$defs/none"})",
                             R"({"$ref":3})",
                             R"({"type":"number","minimum":1})",
                             R"({"type":"integer","minimum":-5})",
                             R"({"type":"integer","minimum":5,"maximum":1})",
                             R"({"type":"integer","minimum":0,"maximum":100000})",
                             R"({"type":"string","maxLength":-1})",
                             R"({"type":"string","maxLength":1000000})",
                             R"({"type":"string","minLength":3,"maxLength":2})",
                             R"({"type":"object","properties":3})",
                             R"({"type":"object","properties":{},"required":["a"]})",
                             "false",
                             "3",
                             "[]",
                             R"({"allOf":[{},{}]})"})
    EXPECT_THROW(automaton_of(schema), Error) << schema;
}

TEST(JsonGrammar, SchemasThatGrowWithoutEndAreRefused) {
  ordered_json schema = {{"type", "object"}, {"properties", ordered_json::object()}};
  for (int i = 0; i < 300; ++i)
    schema["properties"]["p" + std::to_string(i)] = {{"type", "string"}, {"minLength", 1000}};
  EXPECT_THROW(json_schema_grammar(schema, "schema"), Error);
  // Each level is one deeper.
  schema = {{"type", "integer"}};
  for (int i = 0; i < 100; ++i) schema = {{"type", "array"}, {"items", schema}};
  EXPECT_THROW(json_schema_grammar(schema, "schema"), Error);
}

TEST(JsonGrammar, ASchemaThatIsOnlyItselfMatchesNothing) {
  Automaton automaton = automaton_of(R"({"$ref":"#"})");
  EXPECT_EQ(automaton.start(), Automaton::kDead);
}

TEST(JsonGrammar, LongListsStayFlatAndDeepOnesEnd) {
  Automaton automaton =
      automaton_of(R"({"type":"object","additionalProperties":{"type":"array","items":{"type":"integer"}}})");
  std::string list = "{\"a\":[0";
  for (int i = 1; i < 20000; ++i) list += ",7";
  EXPECT_TRUE(matches(automaton, list + "]}"));
  EXPECT_LT(automaton.states(), 500u);
  Automaton any = automaton_of("{}");
  EXPECT_TRUE(matches(any, std::string(20, '[') + std::string(20, ']')));
  EXPECT_FALSE(matches(any, std::string(5000, '[') + std::string(5000, ']')));
}

}  // namespace
}  // namespace auris::generate
