#include "auris/train/card/data_summary.h"

#include <algorithm>
#include <set>
#include <span>

#include "auris/base/mapped_file.h"
#include "auris/base/sha256.h"
#include "auris/data/items/loaded_item.h"
#include "auris/data/shards/shard_reader.h"

namespace auris::train {
namespace {

// Lengths keep neighbours apart.
void add_text(Sha256& hash, std::string_view text) {
  const std::string length = std::to_string(text.size()) + ":";
  hash.update(std::as_bytes(std::span(length)));
  hash.update(std::as_bytes(std::span(text)));
}

// An example counts once for each licence among its recordings.
void count(const data::Item& item, DataSummary& summary) {
  ++summary.examples;
  summary.audio_s += data::total_duration_s(item);
  summary.synthetic += item.synthetic ? 1 : 0;
  ++summary.tasks[item.task];
  ++summary.languages[item.language];
  if (!item.responder.empty()) ++summary.responders[item.responder];
  std::set<std::string> licences{item.licence}, origins{item.origin};
  std::set<std::string> consents{std::string(data::name_of(item.consent))};
  for (const data::EarlierTurn& turn : item.history) {
    if (!turn.has_recording()) continue;
    licences.insert(turn.licence);
    origins.insert(turn.origin);
    consents.insert(std::string(data::name_of(turn.consent)));
  }
  for (const std::string& licence : licences) ++summary.licences[licence];
  for (const std::string& origin : origins) ++summary.origins[origin];
  for (const std::string& consent : consents) ++summary.consents[consent];
}

}  // namespace

DataSummary summarize_data(const DataSet& set) {
  const data::ShardReader shards(set.shards);
  DataSummary summary{.name = set.name};
  Sha256 hash;
  for (uint64_t row = 0; row < shards.size(); ++row) {
    try {
      const data::Sample sample = shards.read_first_file(row);
      add_text(hash, sample.key);
      if (!sample.files.empty()) add_text(hash, sample.files.front().content);
      const data::Item item = data::item_in(sample);
      const bool taken = set.tasks.empty() || std::ranges::count(set.tasks, item.task) > 0;
      if (taken) count(item, summary);
      summary.left_out += taken ? 0 : 1;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      ++summary.damaged;
    }
  }
  summary.items_sha256 = hash.hex_digest();
  for (const data::ShardFile& shard : shards.index().shards()) {
    ++summary.shards;
    summary.bytes += shard.bytes;
  }
  const auto index = MappedFile::open(set.shards / data::ShardIndex::kFileName, ErrorCode::kInput);
  summary.index_sha256 = sha256_hex(index->bytes());
  return summary;
}

}  // namespace auris::train
