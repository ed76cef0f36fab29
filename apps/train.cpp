// auris train: hands over to auris-train, which lies beside it.

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "apps/train_flags.h"

namespace auris::apps {
namespace {

constexpr const char* kProgram = "auris-train";

[[noreturn]] void fail_missing(const std::filesystem::path& path, int error) {
  throw Error(ErrorCode::kUsage, {.where = "train",
                                  .expected = quoted(path.string(), 300) + ", which trains",
                                  .got = std::strerror(error),
                                  .hint = "`make torch build` installs LibTorch and builds it"});
}

}  // namespace

void add_train(Program& program) {
  add_train_command(program, [&program](const TrainFlags&) -> int {
    const std::filesystem::path path =
        std::filesystem::read_symlink("/proc/self/exe").parent_path() / kProgram;
    ::execv(path.c_str(), program.arguments);
    fail_missing(path, errno);
  });
}

}  // namespace auris::apps
