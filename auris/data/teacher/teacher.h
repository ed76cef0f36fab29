#pragma once
// A language model reads what is said in clips and answers; its answers are what a model that hears the clips
// is to learn (Fathullah and others 2023, arXiv 2311.06753), and its logits teach more than the words alone.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "auris/base/share.h"
#include "auris/data/responses/response_set.h"
#include "auris/engine/engine.h"

namespace auris::data {

struct TeacherOptions {
  // What it is asked; {text} stands for the clip's text. By itself it makes the model answer the speaker;
  // "Continue the following text using less than 50 words:\n\n{text}" is another that was published.
  std::string prompt = "{text}";
  std::string system = {};  // empty = the model's own default
  int top = 32;             // likeliest tokens kept of each token's logits, 1 to 1024
  int max_tokens = 96;
  float temperature = 0;  // 0 = the likeliest answer
  uint64_t seed = 0;      // with the clip's id it decides what is sampled
};

struct TeacherAnswer {
  std::string text;
  std::string finish;  // generate::name_of(FinishReason)
  AnswerLogits logits;
};

class Teacher {
 public:
  // Opens the engine's language model. kUsage for options out of range, kModel.
  Teacher(std::shared_ptr<engine::Engine> engine, const TeacherOptions& options);

  // All that could change an answer, with "prompt" and "model".
  nlohmann::ordered_json settings() const;
  int32_t vocab_size() const;
  // An answer depends on id and text alone. kUsage if the text does not fit the model's context.
  TeacherAnswer answer(const std::string& clip_id, const std::string& text) const;

 private:
  std::shared_ptr<engine::Engine> engine_;
  TeacherOptions options_;
  std::string fingerprint_;
};

struct RespondOptions {
  Share share = {};                                 // of the clips
  std::function<bool(int64_t done)> progress = {};  // clips of this share; false stops with kCancelled
};

struct RespondReport {
  int64_t clips = 0;                        // of this part
  int64_t rejected_lines = 0;               // of the manifest
  int64_t answers = 0;                      // resumed ones included
  int64_t resumed = 0;                      // clips that were done before
  int64_t tokens = 0;                       // of the answers made in this run
  int64_t truncated = 0;                    // answers that hit max_tokens
  std::map<std::string, int64_t> rejected;  // "no_text", "too_long", "no_answer", "repetition"
};

// Answers to the clips of a manifest, in its order, as a folder that ResponseSet reads, and rejected.jsonl
// with what has no answer and why. What was interrupted goes on where it ended and makes the same bytes.
// kInput if the folder is finished, or was begun with other settings or another manifest; kUsage for a part
// that does not exist.
RespondReport respond(const std::filesystem::path& manifest, const std::filesystem::path& folder,
                      const Teacher& teacher, const RespondOptions& options = {});

}  // namespace auris::data
