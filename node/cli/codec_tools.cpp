// SPDX-License-Identifier: Apache-2.0
#include "node/cli/codec_tools.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <thread>

#include "codec/kernels.h"
#include "node/cli/terminal.h"
#include "node/os/clock.h"

namespace wald::cli {
namespace {

using client::fail;
using client::usage;

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

// 1536 as 1.5 KiB.
std::string rounded(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  double value = static_cast<double>(bytes);
  for (; value >= 1000 && unit + 1 < std::size(kUnits); ++unit) value /= 1024;
  char out[32];
  std::snprintf(out, sizeof out, unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value,
                kUnits[unit]);
  return out;
}

std::uint64_t per_second(std::uint64_t amount, std::uint64_t spent_us) {
  return static_cast<std::uint64_t>(static_cast<double>(amount) / static_cast<double>(spent_us) *
                                    1e6);
}

}  // namespace

std::string pace(std::uint64_t spent_us, std::uint64_t bytes, std::uint64_t steps,
                 std::uint64_t steps_left) {
  if (spent_us == 0 || steps == 0) return {};
  const double left_us =
      static_cast<double>(steps_left) * static_cast<double>(spent_us) / static_cast<double>(steps);
  return (bytes == 0 ? std::string() : ", " + rounded(per_second(bytes, spent_us)) + "/s") + ", " +
         std::to_string(static_cast<std::uint64_t>(left_us / 1e6)) + " s left";
}

// A bar on a terminal, else a line now and then, or objects: how far, how fast, how long still.
class Meter {
 public:
  Meter(std::string mode, std::string label) : mode_(std::move(mode)), label_(std::move(label)) {}

  // Of the next work; 0: nobody knows.
  void expect(std::uint64_t bytes) {
    bytes_ = bytes;
    begun_ = 0;
  }

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
    // What came before the first step says nothing about the others.
    const std::uint64_t steps = done - std::min(done, before_), spent_us = now - begun_;
    const auto bytes = static_cast<std::uint64_t>(
        static_cast<double>(bytes_) * static_cast<double>(steps) / static_cast<double>(total));
    if (mode_ == "json") {
      boost::json::object out{{"step", label_}, {"done", done}, {"total", total}};
      if (bytes != 0 && spent_us != 0)
        out["bytesPerSecond"] = std::to_string(per_second(bytes, spent_us));
      std::fprintf(stderr, "%s\n", boost::json::serialize(out).c_str());
      return;
    }
    const std::uint64_t percent = done * 100 / total;
    std::string line = label_ + " " + std::to_string(percent) + " %";
    if (bytes_ != 0) line += " of " + rounded(bytes_);
    line += pace(spent_us, bytes, steps, total - done);
    if (!bar) {
      std::fprintf(stderr, "%s\n", line.c_str());
      return;
    }
    const std::string full(percent / 5, '#');
    // What a longer line left behind is wiped out.
    std::fprintf(stderr, "\r[%s%s] %s\033[K%s", full.c_str(),
                 std::string(20 - full.size(), ' ').c_str(), line.c_str(),
                 done == total ? "\n" : "");
  }

  std::string mode_, label_;
  std::uint64_t started_ = os::monotonic_us();
  std::uint64_t begun_ = 0, before_ = 0;  // at the first step: the time, and steps done
  std::uint64_t shown_ = 0;
  std::uint64_t bytes_ = 0;
};

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
  out->mode_ = session.globals().quiet ? "none" : session.globals().progress;
  if (out->mode_ != "none") {
    out->meter_ = std::make_shared<Meter>(out->mode_, label);
    out->options_.progress = [meter = out->meter_](std::uint64_t done, std::uint64_t total) {
      meter->show(done, total);
    };
  }
  return out;
}

void Tools::expect(std::uint64_t bytes) {
  if (meter_) meter_->expect(bytes);
}

std::function<void(std::uint64_t done, std::uint64_t total)> Tools::progress(
    const std::string& label) {
  if (mode_ == "none") return {};
  return [meter = std::make_shared<Meter>(mode_, label), known = std::uint64_t{0}](
             std::uint64_t done, std::uint64_t total) mutable {
    if (known != total) meter->expect(known = total);
    meter->show(done, total);
  };
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
  // Of this program alone: the maximum of getrusage begins with that of whoever started it.
  std::ifstream in("/proc/self/status");
  for (std::string word; in >> word;)
    if (std::uint64_t kibibytes = 0; word == "VmHWM:" && in >> kibibytes) return kibibytes * 1'024;
  return 0;
}

std::vector<Option> codec_flags() {
  return {{"threads", "N", "workers; else one for each processor, 12 at most"},
          {"memory", "SIZE", "most memory the codec may take; else 256 MiB and 70 n^2 bytes"},
          {"scratch", "DIR", "where temporary data go; else $TMPDIR or /var/tmp"},
          {"codec-tier", "TIER", "slower kernels than this processor could run"}};
}

}  // namespace wald::cli
