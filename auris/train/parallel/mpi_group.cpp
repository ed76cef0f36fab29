#include "auris/train/parallel/mpi_group.h"

// The C++ interface of MPI-2, which is no more.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "auris/base/log.h"

namespace auris::train {
namespace {

using Clock = std::chrono::steady_clock;

// A process that waits soon leaves its core to others: there may be more processes than cores, and rank 0 may
// count the tokens of a data set for an hour.
constexpr auto kEager = std::chrono::milliseconds(2);
constexpr auto kNap = std::chrono::microseconds(50);

std::string text_of_error(int code) {
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  if (MPI_Error_string(code, text.data(), &length) != MPI_SUCCESS) return fmt::format("error {}", code);
  return {text.data(), static_cast<size_t>(length)};
}

void check(int code, const char* doing) {
  if (code == MPI_SUCCESS) return;
  throw Error(ErrorCode::kNetwork, {.where = "processes",
                                    .expected = fmt::format("{} to succeed", doing),
                                    .got = text_of_error(code),
                                    .hint = "another process may have ended: its message tells why"});
}

int count_of(size_t values) {
  AURIS_CHECK(values <= static_cast<size_t>(INT_MAX));
  return static_cast<int>(values);
}

class MpiGroup final : public ProcessGroup {
 public:
  MpiGroup() {
    int level = 0;
    // The backward pass, whose hooks begin sums, may run on another thread: one at a time.
    check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &level), "starting MPI");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    check(MPI_Comm_dup(MPI_COMM_WORLD, &all_), "starting MPI");
    MPI_Comm_set_errhandler(all_, MPI_ERRORS_RETURN);
    if (level < MPI_THREAD_SERIALIZED) {
      throw Error(ErrorCode::kUsage, {.where = "processes",
                                      .expected = "an MPI that threads may use one after the other",
                                      .got = fmt::format("thread level {}", level),
                                      .hint = "OpenMPI as Debian builds it does"});
    }
    check(MPI_Comm_rank(all_, &rank_), "asking for the rank");
    check(MPI_Comm_size(all_, &size_), "asking for the number of processes");
    MPI_Comm here = MPI_COMM_NULL;
    check(MPI_Comm_split_type(all_, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here), "finding neighbours");
    check(MPI_Comm_rank(here, &rank_here_), "finding neighbours");
    check(MPI_Comm_size(here, &size_here_), "finding neighbours");
    MPI_Comm_free(&here);
  }
  ~MpiGroup() override {
    if (std::uncaught_exceptions() == 0) MPI_Finalize();
  }
  MpiGroup(const MpiGroup&) = delete;
  MpiGroup& operator=(const MpiGroup&) = delete;

  int64_t rank() const override { return rank_; }
  int64_t size() const override { return size_; }
  int64_t rank_here() const override { return rank_here_; }
  int64_t size_here() const override { return size_here_; }

  void sum(std::span<double> values) override {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Iallreduce(MPI_IN_PLACE, values.data(), count_of(values.size()), MPI_DOUBLE, MPI_SUM, all_,
                         &request),
          "a sum");
    finish(request);
  }
  void broadcast(std::span<std::byte> bytes, int64_t from) override {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibcast(bytes.data(), count_of(bytes.size()), MPI_BYTE, static_cast<int>(from), all_, &request),
          "a broadcast");
    finish(request);
  }
  void barrier() override {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibarrier(all_, &request), "a barrier");
    finish(request);
  }

  void begin_sum(std::span<float> values) override {
    make_room();
    check(MPI_Iallreduce(MPI_IN_PLACE, values.data(), count_of(values.size()), MPI_FLOAT, MPI_SUM, all_,
                         &begun_.emplace_back(MPI_REQUEST_NULL)),
          "a sum");
  }
  void begin_broadcast(std::span<float> values, int64_t from) override {
    make_room();
    check(MPI_Ibcast(values.data(), count_of(values.size()), MPI_FLOAT, static_cast<int>(from), all_,
                     &begun_.emplace_back(MPI_REQUEST_NULL)),
          "a broadcast");
  }
  void progress() override {
    if (begun_.empty()) return;
    int done = 0;
    std::vector<int> which(begun_.size());
    check(MPI_Testsome(count_of(begun_.size()), begun_.data(), &done, which.data(), MPI_STATUSES_IGNORE),
          "a sum");
    std::erase(begun_, MPI_REQUEST_NULL);
  }
  void wait() override {
    for (MPI_Request& request : begun_) finish(request);
    begun_.clear();
  }

  [[noreturn]] void abort(const Error& error, int status) override {
    log_line(LogLevel::kError, fmt::format("process {} of {}: {}", rank_, size_, error.what()));
    MPI_Abort(all_, status);
    std::_Exit(status);  // if MPI could not
  }

 private:
  // The oldest one ends first, in all processes: none waits for what another one has not begun and will not.
  void make_room() {
    if (begun_.size() < kMostInFlight) return;
    finish(begun_.front());
    begun_.erase(begun_.begin());
  }

  static void finish(MPI_Request& request) {
    const Clock::time_point begin = Clock::now();
    for (int done = 0; done == 0;) {
      check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "waiting for other processes");
      if (done != 0) return;
      if (Clock::now() - begin < kEager) {
        std::this_thread::yield();
      } else {
        std::this_thread::sleep_for(kNap);
      }
    }
  }

  MPI_Comm all_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 1, rank_here_ = 0, size_here_ = 1;
  std::vector<MPI_Request> begun_;  // in their order
};

}  // namespace

std::unique_ptr<ProcessGroup> make_mpi_group() { return std::make_unique<MpiGroup>(); }

}  // namespace auris::train
