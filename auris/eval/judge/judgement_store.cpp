#include "auris/eval/judge/judgement_store.h"

#include <span>

#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"
#include "auris/base/sha256.h"

namespace auris::eval {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kMaxVotes = 1000;
constexpr int64_t kMaxChoice = 100;

}  // namespace

nlohmann::ordered_json JudgementForm::to_json(const Judgement& judgement) {
  ordered_json out = {{"key", judgement.key}, {"item", judgement.item}, {"votes", judgement.votes}};
  if (judgement.order_dependent > 0) out["order_dependent"] = judgement.order_dependent;
  if (judgement.score) out["score"] = *judgement.score;
  if (!judgement.error.empty()) out["error"] = judgement.error;
  out["seconds"] = judgement.seconds;
  return out;
}

Judgement JudgementForm::from_json(const nlohmann::json& value) {
  const JsonFields fields(value, "judgement", ErrorCode::kInput);
  Judgement judgement{.key = fields.text("key"),
                      .item = fields.text("item"),
                      .order_dependent = fields.integer("order_dependent", {0, kMaxVotes}, 0),
                      .error = fields.text("error", ""),
                      .seconds = fields.number("seconds", {0, 1e9}, 0.0)};
  if (fields.has("score")) judgement.score = fields.number("score", {0, 1});
  const json& votes = fields.list("votes");
  if (votes.size() > kMaxVotes) fields.fail("votes", "at most 1000", std::to_string(votes.size()));
  for (const json& vote : votes) {
    if (!vote.is_number_integer() || vote < -1 || vote > kMaxChoice) {
      fields.fail("votes", "numbers of choices", quoted(vote.dump()));
    }
    judgement.votes.push_back(vote.get<int64_t>());
  }
  return judgement;
}

JudgementStore read_judgements(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) {
    throw Error(ErrorCode::kInput, {.where = "judgements",
                                    .expected = "a file of auris eval judge",
                                    .got = quoted(path.string()),
                                    .hint = ""});
  }
  return JudgementStore(path);
}

std::string judgement_key(const ordered_json& settings, const data::Item& item,
                          const std::vector<std::string>& answers) {
  ordered_json all =
      ordered_json::array({settings, item.task, item.variant, item.task_version, item.instruction,
                           item.transcript, item.answer, item.references, answers});
  if (!item.history.empty()) {
    all.push_back(data::to_json(item.history));
    all.push_back(item.prompt);
  }
  const std::string text = json_line(all);
  return sha256_hex(std::as_bytes(std::span(text)));
}

}  // namespace auris::eval
