#include "auris/weights/hub.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "auris/base/atomic_file.h"
#include "auris/base/environment.h"
#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/http/request.h"
#include "auris/weights/file_lock.h"
#include "auris/weights/http_download.h"
#include "auris/weights/parsed_file.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kPublicHub = "https://huggingface.co";
constexpr int kMaxRedirects = 5;

std::string endpoint() {
  std::string url = environment_or("HF_ENDPOINT", kPublicHub);
  while (url.ends_with('/')) url.pop_back();
  return url;
}

bool all_of_set(std::string_view text, std::string_view punctuation) {
  return std::ranges::all_of(text, [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || punctuation.find(c) != std::string_view::npos;
  });
}

// A relative path whose steps are neither empty, nor hidden tricks like "..": it stays where it is put.
bool is_inner_path(const std::string& text) {
  if (text.empty() || !name_problem(text).empty() || text.find('\\') != std::string::npos) return false;
  fs::path path(text);
  return path.is_relative() && std::ranges::all_of(path, [](const fs::path& step) {
           return !step.empty() && step != ".." && step != ".";
         });
}

bool is_commit(const std::string& text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string percent_encoded(std::string_view path) {
  std::string out;
  for (char c : path) {
    bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                 std::string_view("-_.~/").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

fs::path repository_folder(const HubReference& reference) {
  std::string name = "models--" + reference.repository;
  for (size_t slash; (slash = name.find('/')) != std::string::npos;) name.replace(slash, 1, "--");
  return hub_cache_folder() / name;
}

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string commit_in_cache(const HubReference& reference) {
  if (is_commit(reference.revision)) return reference.revision;
  std::string commit = first_line(repository_folder(reference) / "refs" / reference.revision);
  return is_commit(commit) ? commit : "";
}

std::string header_of(const http::Reply& reply, const char* name) {
  auto found = reply.headers.find(name);
  return found == reply.headers.end() ? "" : found->second;
}

[[noreturn]] void fail_status(const HubReference& reference, long status) {
  std::string hint = "trying again later may help";
  if (status == 401 || status == 403) hint = "set HF_TOKEN, and accept the model's licence on its page";
  if (status == 404) hint = "check the name, the revision and the file; a private repository needs HF_TOKEN";
  throw Error(ErrorCode::kNetwork,
              {.where = "hub",
               .expected = quoted(reference.repository) + " at revision " + quoted(reference.revision),
               .got = fmt::format("status {}", status),
               .hint = hint});
}

// What the hub says about one file.
struct FileHead {
  std::string commit;
  std::string etag;
  uint64_t bytes = 0;
};

class HubPull {
 public:
  HubPull(const HubReference& reference, const HubOptions& options)
      : reference_(reference),
        options_(options),
        folder_(repository_folder(reference)),
        token_(environment_or("HF_TOKEN")) {}

  fs::path run() {
    std::vector<std::string> files = {reference_.file};
    if (reference_.file.empty()) files = needed_files(reference_.repository, list_files());
    std::string commit;
    for (const std::string& file : files) commit = fetch(file);
    if (!is_commit(reference_.revision))
      write_whole(folder_ / "refs" / reference_.revision, commit, ErrorCode::kModel);
    return cached_hub_path(reference_);
  }

 private:
  std::vector<std::string> list_files() {
    std::string url = fmt::format("{}/api/models/{}/revision/{}", endpoint(), reference_.repository,
                                  percent_encoded(reference_.revision));
    http::Reply reply = http::send({.url = url, .bearer_token = token_});
    if (reply.status != 200) fail_status(reference_, reply.status);
    json listing = parse_json(reply.body, "hub", ErrorCode::kNetwork);
    std::vector<std::string> files;
    if (listing.is_object() && listing.contains("siblings") && listing["siblings"].is_array()) {
      for (const json& sibling : listing["siblings"]) {
        if (sibling.is_object() && sibling.contains("rfilename") && sibling["rfilename"].is_string()) {
          files.push_back(sibling["rfilename"].get<std::string>());
        }
      }
    }
    return files;
  }

  // Brings one file into the cache and returns the commit it belongs to.
  std::string fetch(const std::string& file) {
    std::string url = fmt::format("{}/{}/resolve/{}/{}", endpoint(), reference_.repository,
                                  percent_encoded(reference_.revision), percent_encoded(file));
    FileHead head = ask_head(url);
    fs::path blob = folder_ / "blobs" / head.etag;
    FileLock lock(hub_cache_folder() / ".locks" / folder_.filename() / (head.etag + ".lock"));
    std::error_code error;
    if (fs::file_size(blob, error) != head.bytes || error) {
      bool is_sha256 = head.etag.size() == 64;  // large files; small ones have git's SHA-1
      http_download({.url = url,
                     .bearer_token = token_,
                     .target = blob,
                     .bytes = head.bytes,
                     .sha256 = is_sha256 ? head.etag : "",
                     .name = file,
                     .progress = options_.progress});
    }
    link(folder_ / "snapshots" / head.commit / file, blob);
    return head.commit;
  }

  FileHead ask_head(std::string url) {
    http::Reply reply;
    for (int i = 0; i < kMaxRedirects; ++i) {
      reply = http::send({.url = url, .bearer_token = token_, .head = true, .follow_redirects = false});
      std::string location = header_of(reply, "location");
      bool moved_within = reply.status >= 300 && reply.status < 400 && location.starts_with('/') &&
                          !location.starts_with("//");
      if (!moved_within)
        break;  // a redirect to the file's store carries the file's headers; a renamed repository is asked
                // again
      url = endpoint() + location;
    }
    if (reply.status >= 400) fail_status(reference_, reply.status);
    FileHead head;
    head.commit = header_of(reply, "x-repo-commit");
    head.etag = header_of(reply, "x-linked-etag");
    if (head.etag.empty()) head.etag = header_of(reply, "etag");
    if (head.etag.starts_with("W/")) head.etag.erase(0, 2);
    std::erase(head.etag, '"');
    std::string size = header_of(reply, "x-linked-size");
    if (size.empty() && reply.status < 300) size = header_of(reply, "content-length");
    head.bytes = std::strtoull(size.c_str(), nullptr, 10);
    // The tag and the commit become names of files.
    bool usable = is_commit(head.commit) && !head.etag.empty() && head.etag.size() <= 128 &&
                  all_of_set(head.etag, "-_") && (head.bytes > 0 || size == "0");
    if (!usable) {
      throw Error(ErrorCode::kNetwork, {.where = "hub",
                                        .expected = "commit, tag and size of a file",
                                        .got = "a reply without usable X-Repo-Commit, ETag and size",
                                        .hint = "is HF_ENDPOINT a hub?"});
    }
    return head;
  }

  static void link(const fs::path& place, const fs::path& blob) {
    std::error_code error;
    if (fs::exists(place, error)) return;
    fs::create_directories(place.parent_path(), error);
    fs::remove(place, error);
    fs::create_symlink(blob.lexically_relative(place.parent_path()), place, error);
    if (error && !fs::exists(place)) fail_model("hub", "a link in the hub cache", error.message());
  }

  const HubReference& reference_;
  const HubOptions& options_;
  fs::path folder_;
  std::string token_;
};

bool is_shard(std::string_view file) { return file.starts_with("model-") && file.ends_with(".safetensors"); }

// The weights of a repository by the first layout that it has, in the order in which to fetch them.
std::vector<std::string> weight_files(std::span<const std::string> files) {
  auto has = [&](std::string_view name) { return std::ranges::find(files, name) != files.end(); };
  std::vector<std::string> found;
  if (has("model.safetensors")) return {"model.safetensors"};
  if (has("model.safetensors.index.json")) {
    std::ranges::copy_if(files, std::back_inserter(found), is_shard);
    found.push_back("model.safetensors.index.json");
    return found;
  }
  if (has("model.bin") && has("config.json")) return {"model.bin"};
  for (const char* extension : {".safetensors", ".gguf"}) {
    std::ranges::copy_if(files, std::back_inserter(found),
                         [&](const std::string& file) { return file.ends_with(extension); });
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace

HubReference HubReference::parse(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with("hf:")) rest.remove_prefix(3);
  HubReference reference;
  if (size_t colon = rest.find(':'); colon != std::string_view::npos) {
    reference.file = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    if (!is_inner_path(reference.file)) reference.repository.clear(), rest = {};
  }
  if (size_t at = rest.find('@'); at != std::string_view::npos) {
    reference.revision = rest.substr(at + 1);
    rest = rest.substr(0, at);
  }
  reference.repository = rest;
  bool valid = is_inner_path(reference.repository) && all_of_set(rest, "._-/") &&
               std::ranges::count(rest, '/') <= 1 && is_inner_path(reference.revision) &&
               all_of_set(reference.revision, "._-/+");
  if (!valid) {
    throw Error(ErrorCode::kUsage, {.where = "hub",
                                    .expected = "hf:ORG/NAME, hf:ORG/NAME@REVISION or hf:ORG/NAME:FILE",
                                    .got = quoted(text),
                                    .hint = ""});
  }
  return reference;
}

fs::path hub_cache_folder() {
  std::string cache = environment_or("HF_HUB_CACHE");
  if (!cache.empty()) return cache;
  std::string home = environment_or("HF_HOME");
  if (!home.empty()) return fs::path(home) / "hub";
  std::string xdg = environment_or("XDG_CACHE_HOME");
  fs::path base = xdg.empty() ? fs::path(environment_or("HOME", "/tmp")) / ".cache" : fs::path(xdg);
  return base / "huggingface" / "hub";
}

fs::path cached_hub_path(const HubReference& reference) {
  std::string commit = commit_in_cache(reference);
  if (commit.empty()) return {};
  fs::path path = repository_folder(reference) / "snapshots" / commit;
  if (!reference.file.empty()) path /= reference.file;
  std::error_code error;
  return fs::exists(path, error) ? path : fs::path();
}

std::vector<std::string> needed_files(const std::string& repository, std::span<const std::string> files) {
  std::vector<std::string> top;
  for (const std::string& file : files) {
    if (is_inner_path(file) && file.find('/') == std::string::npos) top.push_back(file);
  }
  std::ranges::sort(top);
  std::vector<std::string> weights = weight_files(top);
  if (weights.empty()) {
    fail_model("hub", fmt::format("safetensors, GGUF or CTranslate2 weights in {}", quoted(repository)),
               "none");
  }
  bool one_model = weights.size() == 1 || weights.back() == "model.safetensors.index.json";
  if (!one_model) {
    fail_model("hub", fmt::format("one model in {}", quoted(repository)),
               fmt::format("{} weights files", weights.size()),
               fmt::format("choose one: hf:{}:{}", repository, weights.front()));
  }
  std::vector<std::string> needed;
  for (const std::string& file : top) {
    bool description = file.ends_with(".json") || file.ends_with(".txt") || file.ends_with(".model") ||
                       file.ends_with(".jinja");
    if (description && file != "model.safetensors.index.json") needed.push_back(file);
  }
  needed.insert(needed.end(), weights.begin(), weights.end());
  return needed;
}

fs::path pull_hub(const HubReference& reference, const HubOptions& options) {
  if (!options.offline) return HubPull(reference, options).run();
  fs::path path = cached_hub_path(reference);
  if (path.empty()) {
    fail_model("hub", fmt::format("{} in the hub cache", quoted(reference.repository)),
               "nothing, while working offline", "pull it once without --offline");
  }
  return path;
}

}  // namespace auris::weights
