// SPDX-License-Identifier: Apache-2.0
#include "node/cli/codec_tools.h"

#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "codec/kernels.h"
#include "node/cli/terminal.h"
#include "node/os/clock.h"

namespace wald::cli {
namespace {

using client::fail;
using client::usage;

constexpr std::uint64_t kQuietUs = 2'000'000;   // work below says nothing
constexpr std::uint64_t kLineUs = 10'000'000;   // between lines
constexpr std::uint64_t kTerminalUs = 250'000;  // between pictures of the bar
constexpr std::uint64_t kMostThreads = 1024;
constexpr std::uint64_t kUnasked = 12;  // workers at most: beyond, they eat the plan's memory

// For whoever names no number: a worker takes 4 MiB of the budget (K-29), a quarter of it in all.
std::uint64_t default_threads(std::uint64_t memory) {
  const std::uint64_t most = memory == 0 ? kUnasked : std::max<std::uint64_t>(memory >> 24, 1);
  const std::uint64_t processors = std::max(1U, std::thread::hardware_concurrency());
  return std::min({processors, kUnasked, most});
}

// A bar on a terminal, else a line now and then, or objects.
class Meter {
 public:
  Meter(std::string mode, std::string label) : mode_(std::move(mode)), label_(std::move(label)) {}

  void show(std::uint64_t done, std::uint64_t total) {
    const std::uint64_t now = os::monotonic_us();
    if (begun_ == 0) {
      begun_ = now;
      before_ = done;
    }
    const bool bar = mode_ == "auto" && has_terminal();
    if (now - started_ < kQuietUs || total == 0) return;
    if (now - shown_ < (bar ? kTerminalUs : kLineUs) && !(bar && done == total)) return;
    shown_ = now;
    const std::uint64_t percent = done * 100 / total;
    if (mode_ == "json") {
      std::fprintf(stderr, "{\"step\":\"%s\",\"done\":%llu,\"total\":%llu}\n", label_.c_str(),
                   static_cast<unsigned long long>(done), static_cast<unsigned long long>(total));
      return;
    }
    std::string line = label_ + " " + std::to_string(percent) + " %";
    if (done > before_) {  // what came before the first step says nothing about the others
      const std::uint64_t left_us = (now - begun_) / (done - before_) * (total - done);
      line += ", " + std::to_string(left_us / 1'000'000) + " s left";
    }
    if (bar) {
      const std::string full(percent / 5, '#');
      line = "\r[" + full + std::string(20 - full.size(), ' ') + "] " + line + "  ";
      std::fprintf(stderr, "%s%s", line.c_str(), done == total ? "\n" : "");
    } else {
      std::fprintf(stderr, "%s\n", line.c_str());
    }
  }

 private:
  std::string mode_, label_;
  std::uint64_t started_ = os::monotonic_us();
  std::uint64_t begun_ = 0, before_ = 0;  // at the first step: the time, and steps done
  std::uint64_t shown_ = 0;
};

}  // namespace

Outcome<std::unique_ptr<Tools>> Tools::make(const Session& session, const Given& given,
                                            const std::string& label) {
  auto out = std::unique_ptr<Tools>(new Tools());
  if (given.has("codec-tier")) {
    const auto tier = codec::parse_tier(given.one("codec-tier"));
    if (!tier || !codec::force_tier(*tier))
      return usage("--codec-tier " + given.one("codec-tier") + " does not run here");
  }
  if (given.has("memory")) {
    TRY_ASSIGN(out->options_.memory, size_of("--memory", given.one("memory")));
    if (out->options_.memory == 0) return usage("--memory is at least 1 byte");
  }
  std::uint64_t threads = default_threads(out->options_.memory);
  if (given.has("threads")) {
    TRY_ASSIGN(threads, whole_of("--threads", given.one("threads"), kMostThreads));
    if (threads == 0) return usage("--threads is at least 1");
  }
  out->scratch_dir_ = given.has("scratch") ? given.one("scratch") : client::default_scratch_dir();
  out->pool_ = std::make_unique<client::Pool>(threads);
  out->options_.executor = out->pool_.get();
  out->options_.cancelled = [] { return interrupted().load(); };
  if (const std::string& mode = session.globals().progress;
      mode != "none" && !session.globals().quiet)
    out->options_.progress = [meter = std::make_shared<Meter>(mode, label)](std::uint64_t done,
                                                                            std::uint64_t total) {
      meter->show(done, total);
    };
  return out;
}

Outcome<std::unique_ptr<client::TempFile>> Tools::scratch(const codec::Params& params,
                                                          std::uint64_t len) {
  TRY_ASSIGN(const codec::StreamPlan steps, lift(codec::plan(params, len, options_)));
  if (steps.one_shot) return std::unique_ptr<client::TempFile>();
  return client::TempFile::make(scratch_dir_, trouble_);
}

Outcome<std::unique_ptr<client::Input>> Tools::input(const codec::Params& params,
                                                     const std::string& path) {
  return client::Input::open(path, params.max_len(), scratch_dir_, trouble_, &interrupted());
}

client::Failure Tools::failure(const shape::CodecError& error) const {
  if (error.code == shape::CodecCode::kCancelled)
    return fail(Exit::kInterrupted, "INTERRUPTED", "stopped; nothing was left behind").error;
  return error.code == shape::CodecCode::kIo ? trouble_.failure(error) : failure_of(error);
}

std::uint64_t peak_memory() {
  struct rusage usage {};
  WALD_CHECK(::getrusage(RUSAGE_SELF, &usage) == 0);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1'024;
}

std::vector<Option> codec_flags() {
  return {{"threads", "N", "workers; else one for each processor, 12 at most"},
          {"memory", "SIZE", "most memory the codec may take; else 256 MiB and 70 n^2 bytes"},
          {"scratch", "DIR", "where temporary data go; else $TMPDIR or /var/tmp"},
          {"codec-tier", "TIER", "slower kernels than this processor could run"}};
}

}  // namespace wald::cli
