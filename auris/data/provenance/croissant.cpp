#include "auris/data/provenance/croissant.h"

#include <fmt/format.h>

#include <set>
#include <unordered_map>
#include <vector>

#include "auris/base/atomic_file.h"
#include "auris/base/json_text.h"
#include "auris/base/mapped_file.h"
#include "auris/base/sha256.h"
#include "auris/data/items/item.h"
#include "auris/data/shards/shard_reader.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* kClipsName = "clips.jsonl";
constexpr const char* kCroissantName = "croissant.json";

struct ClipFacts {
  Item item;  // the first one about it
  int64_t items = 0;
};

struct Field {
  const char* name;
  const char* type;
  const char* description;
};

constexpr Field kClipFields[] = {
    {"id", "sc:Text", "Name of the clip, once in the data set"},
    {"licence", "sc:Text", "Licence of its sound and text, an SPDX identifier where there is one"},
    {"origin", "sc:Text", "Package, data set or address it came from"},
    {"sha256", "sc:Text", "SHA-256 of the sound file it came from"},
    {"second_sha256", "sc:Text",
     "SHA-256 of the second sound file, if the clip has two that are compared; else empty"},
    {"consent", "sc:Text",
     "unknown; licence: published under it by the speaker or who holds the rights; agreement: the speaker "
     "agreed to this use; synthetic: nobody spoke"},
    {"synthetic", "sc:Boolean", "Whether a program made the sound"},
    {"source", "sc:Text", "Source in the manifest"},
    {"split", "sc:Text", "The source's own split, or the one chosen by the clip's words"},
    {"language", "sc:Text", "ISO 639 code; empty if it is not known or nobody speaks"},
    {"speaker", "sc:Text", "Name or number of the speaker; empty if it is not known"},
    {"items", "sc:Integer", "Items of the data set that are about the clip"},
};

// Readers of the format take files out of archives, but do not look into their JSON: an item is one text.
constexpr Field kItemFields[] = {
    {"filename", "sc:Text", "KEY.json"},
    {"content", "sc:Text",
     "The item, a JSON object: id, task, configuration, prompt (<audio> stands for the recording), answer, "
     "clip (its id in clips), duration_s and more; of conversations also history, the turns before, whose "
     "recordings are KEY.0.wav, KEY.2.wav, ..."},
};

// Version 1.0 of the format defines these names.
ordered_json context() {
  return {{"@language", "en"},
          {"@vocab", "https://schema.org/"},
          {"citeAs", "cr:citeAs"},
          {"column", "cr:column"},
          {"conformsTo", "dct:conformsTo"},
          {"cr", "http://mlcommons.org/croissant/"},
          {"rai", "http://mlcommons.org/croissant/RAI/"},
          {"data", {{"@id", "cr:data"}, {"@type", "@json"}}},
          {"dataType", {{"@id", "cr:dataType"}, {"@type", "@vocab"}}},
          {"dct", "http://purl.org/dc/terms/"},
          {"equivalentProperty", "cr:equivalentProperty"},
          {"examples", {{"@id", "cr:examples"}, {"@type", "@json"}}},
          {"extract", "cr:extract"},
          {"field", "cr:field"},
          {"fileProperty", "cr:fileProperty"},
          {"fileObject", "cr:fileObject"},
          {"fileSet", "cr:fileSet"},
          {"format", "cr:format"},
          {"includes", "cr:includes"},
          {"isLiveDataset", "cr:isLiveDataset"},
          {"jsonPath", "cr:jsonPath"},
          {"key", "cr:key"},
          {"md5", "cr:md5"},
          {"parentField", "cr:parentField"},
          {"path", "cr:path"},
          {"recordSet", "cr:recordSet"},
          {"references", "cr:references"},
          {"regex", "cr:regex"},
          {"repeated", "cr:repeated"},
          {"replace", "cr:replace"},
          {"samplingRate", "cr:samplingRate"},
          {"sc", "https://schema.org/"},
          {"separator", "cr:separator"},
          {"source", "cr:source"},
          {"subField", "cr:subField"},
          {"transform", "cr:transform"}};
}

ordered_json file_object(const std::string& name, const fs::path& path, const char* format) {
  const auto file = MappedFile::open(path, ErrorCode::kInput);
  return {{"@type", "cr:FileObject"},
          {"@id", name},
          {"name", name},
          {"contentUrl", name},
          {"contentSize", fmt::format("{} B", file->bytes().size())},
          {"encodingFormat", format},
          {"sha256", sha256_hex(file->bytes())}};
}

ordered_json file_set(const char* id, const char* ending, const char* format,
                      const std::vector<std::string>& shards) {
  ordered_json within = ordered_json::array();
  for (const std::string& shard : shards) within.push_back({{"@id", shard}});
  return {{"@type", "cr:FileSet"},
          {"@id", id},
          {"name", id},
          {"containedIn", within.size() == 1 ? within[0] : within},
          {"encodingFormat", format},
          {"includes", ending}};
}

// `from` says how a field is taken from its source: "column" by its name, "fileProperty" likewise.
template <size_t N>
ordered_json record_set(const char* id, const char* description, const Field (&fields)[N],
                        const ordered_json& source, const char* from) {
  ordered_json list = ordered_json::array();
  for (const Field& field : fields) {
    ordered_json place = source;
    place["extract"] = {{from, field.name}};
    list.push_back({{"@type", "cr:Field"},
                    {"@id", fmt::format("{}/{}", id, field.name)},
                    {"name", field.name},
                    {"description", field.description},
                    {"dataType", field.type},
                    {"source", place}});
  }
  return {{"@type", "cr:RecordSet"},
          {"@id", id},
          {"name", id},
          {"description", description},
          {"key", {{"@id", fmt::format("{}/{}", id, fields[0].name)}}},
          {"field", list}};
}

ordered_json clip_line(const ClipFacts& clip) {
  return {{"id", clip.item.clip},
          {"licence", clip.item.licence},
          {"origin", clip.item.origin},
          {"sha256", clip.item.clip_sha256},
          {"second_sha256", clip.item.second_clip_sha256},
          {"consent", name_of(clip.item.consent)},
          {"synthetic", clip.item.synthetic},
          {"source", clip.item.source},
          {"split", clip.item.split},
          {"language", clip.item.language},
          {"speaker", clip.item.speaker},
          {"items", clip.items}};
}

class Describing {
 public:
  explicit Describing(const fs::path& folder) : folder_(folder), data_(folder) {
    for (uint64_t i = 0; i < data_.size(); ++i) {
      const Sample sample = data_.read(i);
      const nlohmann::json json =
          parse_json(content_of(sample, "json"), sample.key, ErrorCode::kInput, {.max_depth = 8});
      Item item = item_from(json, sample.key);
      tasks_.insert(item.task);
      if (!item.language.empty()) languages_.insert(item.language);
      if (!item.licence.empty()) licences_.insert(item.licence);
      std::set<std::string> heard{item.clip};
      for (const EarlierTurn& turn : item.history) {
        if (turn.has_recording() && heard.insert(turn.clip).second) count(clip_of(turn, item));
      }
      count(std::move(item));
    }
  }

  CroissantReport write(const CroissantOptions& options) const {
    AtomicFile clips(folder_ / kClipsName, ErrorCode::kInput);
    for (const ClipFacts& clip : clips_) write_text(clips, json_line(clip_line(clip)) + "\n");
    clips.commit();
    AtomicFile file(folder_ / kCroissantName, ErrorCode::kInput);
    write_text(file, description(options).dump(2) + "\n");
    file.commit();
    return report();
  }

 private:
  // What an item says of the clip in one of its earlier turns.
  static Item clip_of(const EarlierTurn& turn, const Item& item) {
    Item clip;
    clip.clip = turn.clip;
    clip.licence = turn.licence;
    clip.origin = turn.origin;
    clip.clip_sha256 = turn.clip_sha256;
    clip.consent = turn.consent;
    clip.synthetic = turn.synthetic;
    clip.source = item.source;
    clip.split = item.split;
    clip.language = item.language;
    clip.speaker = turn.speaker;
    return clip;
  }

  void count(Item item) {
    const auto [place, fresh] = places_.try_emplace(item.clip, clips_.size());
    if (fresh) {
      clips_.push_back({.item = std::move(item), .items = 1});
      return;
    }
    ClipFacts& clip = clips_[place->second];
    // Items that do not hold the clip's sound have not read its file.
    if (clip.item.clip_sha256.empty()) clip.item.clip_sha256 = item.clip_sha256;
    if (clip.item.second_clip_sha256.empty()) clip.item.second_clip_sha256 = item.second_clip_sha256;
    ++clip.items;
  }

  static void write_text(AtomicFile& file, const std::string& text) {
    file.write(std::as_bytes(std::span(text)));
  }

  CroissantReport report() const {
    CroissantReport report{.items = static_cast<int64_t>(data_.size()), .clips = std::ssize(clips_)};
    for (const auto& [item, items] : clips_) {
      report.without_licence += item.licence.empty();
      report.without_hash += item.clip_sha256.empty();
      report.without_origin += item.origin.empty();
      report.unknown_consent += item.consent == Consent::kUnknown;
      report.synthetic += item.synthetic;
    }
    return report;
  }

  ordered_json description(const CroissantOptions& options) const {
    std::string name = options.name;
    if (name.empty()) name = fs::absolute(folder_ / "x").lexically_normal().parent_path().filename().string();
    const std::string about =
        options.description.empty()
            ? fmt::format("{} questions about {} clips, of {} tasks, each with its recording and answer.",
                          data_.size(), clips_.size(), tasks_.size())
            : options.description;
    ordered_json json = {{"@context", context()},
                         {"@type", "sc:Dataset"},
                         {"conformsTo", "http://mlcommons.org/croissant/1.0"},
                         {"name", name},
                         {"description", about},
                         {"version", options.version}};
    if (!options.url.empty()) json["url"] = options.url;
    if (!licences_.empty()) json["license"] = licences_;
    if (!languages_.empty()) json["inLanguage"] = languages_;
    json["keywords"] = tasks_;
    ordered_json distribution = ordered_json::array();
    std::vector<std::string> shards;
    for (const ShardFile& shard : data_.index().shards()) {
      shards.push_back(shard.file);
      distribution.push_back(file_object(shard.file, folder_ / shard.file, "application/x-tar"));
    }
    distribution.push_back(file_object(kClipsName, folder_ / kClipsName, "application/jsonlines"));
    if (!shards.empty()) {
      distribution.push_back(file_set("item-texts", "*.json", "application/json", shards));
      distribution.push_back(file_set("recordings", "*.wav", "audio/wav", shards));
    }
    json["distribution"] = distribution;
    ordered_json sets = ordered_json::array();
    sets.push_back(record_set("clips", "Where every clip comes from and what may be done with it",
                              kClipFields, {{"fileObject", {{"@id", kClipsName}}}}, "column"));
    if (!shards.empty()) {
      sets.push_back(record_set("items", "Questions about recordings with the answers that are wanted",
                                kItemFields, {{"fileSet", {{"@id", "item-texts"}}}}, "fileProperty"));
    }
    json["recordSet"] = sets;
    return json;
  }

  fs::path folder_;
  ShardReader data_;
  std::vector<ClipFacts> clips_;
  std::unordered_map<std::string, size_t> places_;  // of clips, by id
  std::set<std::string> tasks_, languages_, licences_;
};

}  // namespace

CroissantReport write_croissant(const fs::path& folder, const CroissantOptions& options) {
  return Describing(folder).write(options);
}

}  // namespace auris::data
