// Aligns the lines of two files word by word and tells how long that took; bench/metrics/compare.py compares
// it with jiwer.

#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "auris/base/thread_pool.h"
#include "auris/eval/metrics/error_rate.h"

namespace {

using auris::eval::AlignedCorpus;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t end; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
    lines.push_back(text.substr(0, end));
  }
  return lines;
}

// For each run of each pair five numbers of 32 bits: its kind (hit, substitution, deletion, insertion), where
// it begins and ends in the reference and in the hypothesis.
void write_alignments(const AlignedCorpus& corpus, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  std::vector<uint32_t> numbers;
  for (size_t pair = 0; pair < corpus.size(); ++pair) {
    numbers.clear();
    for (const auris::eval::EditSpan& span : corpus.spans(pair)) {
      for (size_t number : {static_cast<size_t>(span.kind), span.reference_begin, span.reference_end,
                            span.hypothesis_begin, span.hypothesis_end}) {
        numbers.push_back(static_cast<uint32_t>(number));
      }
    }
    file.write(reinterpret_cast<const char*>(numbers.data()),
               static_cast<std::streamsize>(numbers.size() * sizeof(uint32_t)));
  }
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

int run(const std::string& references, const std::string& hypotheses, const std::string& alignments,
        int threads) {
  auris::set_compute_threads(threads);
  const std::string reference_text = content_of(references), hypothesis_text = content_of(hypotheses);
  const std::vector<std::string_view> r = lines_of(reference_text), h = lines_of(hypothesis_text);
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t cpu_begin = std::clock();
  const AlignedCorpus corpus(r, h, auris::eval::ErrorUnit::kWord);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double cpu_seconds = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
  if (!alignments.empty()) write_alignments(corpus, alignments);
  const auris::eval::EditCounts& edits = corpus.sums().edits;
  const nlohmann::ordered_json out = {{"seconds", seconds},
                                      {"cpu_seconds", cpu_seconds},
                                      {"threads", auris::compute_threads()},
                                      {"pairs", corpus.size()},
                                      {"wer", corpus.sums().rate().value_or(0)},
                                      {"hits", edits.hits},
                                      {"substitutions", edits.substitutions},
                                      {"deletions", edits.deletions},
                                      {"insertions", edits.insertions}};
  std::cout << out.dump() << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Word error rate with alignments of two files, line by line");
  std::string references, hypotheses, alignments;
  int threads = 0;
  app.add_option("references", references)->required();
  app.add_option("hypotheses", hypotheses)->required();
  app.add_option("--alignments", alignments, "Where the alignments are written, behind the clock");
  app.add_option("--threads", threads, "0 = one for each core");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(references, hypotheses, alignments, threads);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
