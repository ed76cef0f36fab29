#include "auris/eval/metrics/corpus_item.h"

#include <limits>

namespace auris::eval {

CorpusItem& CorpusItem::operator+=(const CorpusItem& other) {
  numerator += other.numerator;
  denominator += other.denominator;
  return *this;
}

double ratio(const CorpusItem& sum) {
  return sum.denominator == 0 ? std::numeric_limits<double>::quiet_NaN() : sum.numerator / sum.denominator;
}

}  // namespace auris::eval
