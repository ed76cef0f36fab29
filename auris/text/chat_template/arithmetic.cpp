#include "auris/text/chat_template/arithmetic.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace auris::text::jinja {
namespace {

[[noreturn]] void fail_operands(std::string_view op, const Value& a, const Value& b) {
  throw Failure{fmt::format("values that '{}' works on", op),
                fmt::format("{} and {}", type_name(a), type_name(b))};
}

[[noreturn]] void fail_range() { throw Failure{"integers that fit 64 bits", "a larger one"}; }

bool is_kind(const Value& value, SequenceKind kind) {
  return value.sequence() && value.sequence()->kind == kind;
}

Value joined(const Sequence& a, const Sequence& b, Budget& budget) {
  budget.steps(4 * (a.items.size() + b.items.size()));
  std::vector<Value> items = a.items;
  items.insert(items.end(), b.items.begin(), b.items.end());
  return make_sequence(a.kind, std::move(items), a.from_data && b.from_data);
}

Value repeated(const Value& value, int64_t count, Budget& budget) {
  auto times = static_cast<size_t>(std::max<int64_t>(count, 0));
  if (const SourcedText* text = value.string()) {
    TextBuilder out(budget);
    if (text->empty()) times = 0;
    for (size_t i = 0; i < times; ++i) {
      budget.steps(1);
      out.append(*text);
    }
    return Value::text(out.take());
  }
  std::vector<Value> items;
  const Sequence& sequence = *value.sequence();
  if (sequence.items.empty()) times = 0;
  for (size_t i = 0; i < times; ++i) {
    budget.steps(4 * sequence.items.size());
    items.insert(items.end(), sequence.items.begin(), sequence.items.end());
  }
  return make_sequence(sequence.kind, std::move(items), sequence.from_data);
}

bool is_repeatable(const Value& value) {
  return value.string() || is_kind(value, SequenceKind::kList) || is_kind(value, SequenceKind::kTuple);
}

int64_t power(int64_t base, int64_t exponent) {
  int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) && __builtin_mul_overflow(result, base, &result)) fail_range();
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) fail_range();
  }
  return result;
}

int64_t floor_divide(int64_t a, int64_t b) {
  if (b == -1) {
    if (a == INT64_MIN) fail_range();
    return -a;
  }
  int64_t quotient = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? quotient - 1 : quotient;
}

double floor_modulo(double a, double b) {
  double rest = std::fmod(a, b);
  if (rest != 0) return (b < 0) != (rest < 0) ? rest + b : rest;
  return std::copysign(0.0, b);
}

// Python derives the quotient from the remainder, which matters in the last digit.
double floor_divide(double a, double b) {
  double rest = std::fmod(a, b);
  double quotient = (a - rest) / b;
  if (rest != 0 && (b < 0) != (rest < 0)) quotient -= 1;
  if (quotient == 0) return std::copysign(0.0, a / b);
  double floored = std::floor(quotient);
  return quotient - floored > 0.5 ? floored + 1 : floored;
}

Value integer_arithmetic(std::string_view op, int64_t a, int64_t b, bool data) {
  int64_t result = 0;
  bool overflow = false;
  if (op == "+") {
    overflow = __builtin_add_overflow(a, b, &result);
  } else if (op == "-") {
    overflow = __builtin_sub_overflow(a, b, &result);
  } else if (op == "*") {
    overflow = __builtin_mul_overflow(a, b, &result);
  } else if (op == "**") {
    if (b < 0 && a == 0) throw Failure{"a divisor other than zero", "0"};
    if (b < 0) return Value::real(std::pow(static_cast<double>(a), static_cast<double>(b)), data);
    bool is_small = a == 0 || a == 1 || a == -1;
    result = is_small ? power(a, b & 1 ? 1 : b == 0 ? 0 : 2) : power(a, b);
  } else {
    if (b == 0) throw Failure{"a divisor other than zero", "0"};
    if (op == "/") return Value::real(static_cast<double>(a) / static_cast<double>(b), data);
    int64_t quotient = floor_divide(a, b);
    result = op == "//" ? quotient : b == -1 ? 0 : a - quotient * b;
  }
  if (overflow) fail_range();
  return Value::integer(result, data);
}

Value real_arithmetic(std::string_view op, double a, double b, bool data) {
  if (op == "+") return Value::real(a + b, data);
  if (op == "-") return Value::real(a - b, data);
  if (op == "*") return Value::real(a * b, data);
  if (op == "**") {
    if (a < 0 && b != std::floor(b)) throw Failure{"a real result of '**'", "a complex one"};
    if (a == 0 && b < 0) throw Failure{"a divisor other than zero", "0"};
    double result = std::pow(a, b);
    if (std::isinf(result) && std::isfinite(a) && std::isfinite(b))
      throw Failure{"a finite result of '**'", "overflow"};
    return Value::real(result, data);
  }
  if (b == 0) throw Failure{"a divisor other than zero", "0"};
  if (op == "/") return Value::real(a / b, data);
  return Value::real(op == "//" ? floor_divide(a, b) : floor_modulo(a, b), data);
}

}  // namespace

Value arithmetic(std::string_view op, const Value& a, const Value& b, Budget& budget) {
  if (is_number(a) && is_number(b)) {
    bool data = from_data(a) || from_data(b);
    if (is_integer(a) && is_integer(b))
      return integer_arithmetic(op, to_integer(a, op), to_integer(b, op), data);
    return real_arithmetic(op, to_real(a), to_real(b), data);
  }
  if (op == "+" && a.string() && b.string()) {
    TextBuilder out(budget);
    out.append(*a.string());
    out.append(*b.string());
    return Value::text(out.take());
  }
  bool same_lists = (is_kind(a, SequenceKind::kList) && is_kind(b, SequenceKind::kList)) ||
                    (is_kind(a, SequenceKind::kTuple) && is_kind(b, SequenceKind::kTuple));
  if (op == "+" && same_lists) return joined(*a.sequence(), *b.sequence(), budget);
  if (op == "*" && is_repeatable(a) && is_integer(b)) return repeated(a, to_integer(b, op), budget);
  if (op == "*" && is_integer(a) && is_repeatable(b)) return repeated(b, to_integer(a, op), budget);
  fail_operands(op, a, b);
}

Value negative(const Value& value) {
  if (const auto* real = value.as<Float>()) return Value::real(-real->value, real->from_data);
  return integer_arithmetic("-", 0, to_integer(value, "'-'"), from_data(value));
}

Value positive(const Value& value) {
  if (value.is<Float>()) return value;
  return Value::integer(to_integer(value, "'+'"), from_data(value));
}

Value absolute(const Value& value) {
  if (const auto* real = value.as<Float>()) return Value::real(std::fabs(real->value), real->from_data);
  int64_t number = to_integer(value, "abs");
  return number < 0 ? negative(value) : Value::integer(number, from_data(value));
}

Value rounded(const Value& value, int64_t digits) {
  const auto* real = value.as<Float>();
  if (digits < -15) throw Failure{"at least -15 digits for round", std::to_string(digits)};
  if (digits < 0) {
    double unit = std::pow(10.0, static_cast<double>(-digits));
    double result = std::nearbyint(to_real(value) / unit) * unit;
    if (real) return Value::real(result, real->from_data);
    return Value::integer(static_cast<int64_t>(result), from_data(value));
  }
  if (!real) return Value::integer(to_integer(value, "round"), from_data(value));
  if (!std::isfinite(real->value) || digits > 22) return value;
  // Like Python: correct rounding of the exact binary value, ties to even.
  return Value::real(std::strtod(fmt::format("{:.{}f}", real->value, digits).c_str(), nullptr),
                     real->from_data);
}

}  // namespace auris::text::jinja
