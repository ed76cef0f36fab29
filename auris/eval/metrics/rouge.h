#pragma once
// ROUGE-L (Lin 2004): how much of the longest common subsequence of words both texts hold.

#include <string>
#include <string_view>
#include <vector>

namespace auris::eval {

enum class RougeWords {
  kUnicode,  // letters, marks and numbers of every script
  kAscii,    // a to z and 0 to 9, as Google's rouge_score: texts in other scripts have no words at all
};

struct RougeScore {
  double precision = 0, recall = 0, f = 0;  // 0 to 1; 0 if either text has no words
};

std::vector<std::string> rouge_words(std::string_view text, RougeWords words = RougeWords::kUnicode);

// Without stemming. A corpus' score is the mean of its pairs' f.
RougeScore rouge_l(std::string_view reference, std::string_view hypothesis,
                   RougeWords words = RougeWords::kUnicode);

}  // namespace auris::eval
