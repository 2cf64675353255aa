// SPDX-License-Identifier: Apache-2.0
#include "node/sequencer/follower.h"

namespace wald::sequencer {
namespace {

constexpr std::uint64_t kSilenceMs = 20'000;  // heartbeats come every 5 s or faster
constexpr std::uint64_t kFirstPauseMs = 100;
constexpr std::uint64_t kLongestPauseMs = 2'000;

// What carries the sequencer's signature and does not fit is no accident of the way.
bool is_divergence(core::RecordError::Kind kind) {
  using Kind = core::RecordError::Kind;
  return kind == Kind::kDiverged || kind == Kind::kPrevious || kind == Kind::kTime;
}

}  // namespace

Follower::Follower(core::LedgerCore& core, std::string upstream_url)
    : core_(core), upstream_(std::move(upstream_url)) {}

Follower::~Follower() { stop(); }

void Follower::start(Tell on_fatal, Tell report) {
  on_fatal_ = std::move(on_fatal);
  report_ = std::move(report);
  thread_ = std::thread([this] { run(); });
}

void Follower::stop() {
  stop_ = true;
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::string Follower::diverged() const {
  const std::lock_guard lock(mutex_);
  return diverged_;
}

std::string Follower::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_;
}

void Follower::note(std::string text) {
  const std::lock_guard lock(mutex_);
  last_error_ = std::move(text);
}

void Follower::run() {
  try {
    loop();
  } catch (const store::StoreFailure& failure) {
    on_fatal_(failure.what());
  }
}

void Follower::loop() {
  std::uint64_t pause = kFirstPauseMs;
  while (!stop_) {
    const base::Height before = core_.head().height;
    if (follow() == Step::kEnd) return;
    pause = core_.head().height > before ? kFirstPauseMs : std::min(2 * pause, kLongestPauseMs);
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, std::chrono::milliseconds(pause), [&] { return stop_.load(); });
  }
}

Follower::Step Follower::follow() {
  net::Ask ask;
  ask.url =
      upstream_ + "/v1/blocks/stream?from=" + std::to_string(core_.head().height.next().value());
  ask.timeout_ms = kSilenceMs;
  ask.max_response_bytes = 64u << 10;  // of an error; pieces of the stream are bounded below
  Frames frames;
  Step step = Step::kGoOn;
  const auto answer = client_.stream(
      ask,
      [&](std::string_view bytes) {
        frames.add(bytes);
        step = take(frames);
        return step == Step::kGoOn;
      },
      &stop_);
  if (step == Step::kGoOn) step = Step::kRetry;
  if (stop_) return step;  // that the stream ended is our own doing, no error
  if (!answer.ok())
    note(upstream_ + ": " + answer.error().text);
  else if (answer->status != 200)
    note(upstream_ + ": HTTP " + std::to_string(answer->status));
  return step;
}

Follower::Step Follower::take(Frames& frames) {
  for (;;) {
    const auto frame = frames.next();
    if (!frame.ok()) {
      note(frame.error());
      return Step::kRetry;
    }
    if (!frame->has_value()) return Step::kGoOn;
    const Frame& whole = **frame;
    if (whole.record.empty()) {
      upstream_height_ = whole.tip.value();
    } else if (const Step step = take_record(whole.record); step != Step::kGoOn) {
      return step;
    }
  }
}

Follower::Step Follower::take_record(base::ByteView bytes) {
  const auto record = core::parse_block_record(bytes);
  if (!record) {
    note("the upstream sent what is no block record");
    return Step::kRetry;
  }
  if (const auto why = core_.lacking(bytes.size())) {
    note(*why);
    return Step::kRetry;
  }
  auto staged = core_.verify(*record);
  if (!staged.ok()) {
    const core::RecordError& error = staged.error();
    if (error.kind == core::RecordError::Kind::kVersion) {  // G-6
      on_fatal_(error.text);
      return Step::kEnd;
    }
    if (is_divergence(error.kind)) {
      {
        const std::lock_guard lock(mutex_);
        diverged_ = error.text;
        last_error_ = error.text;
      }
      if (report_)
        report_(upstream_ + " serves a block that is not ours, following ends here: " + error.text +
                "; find out who is right with `wald audit` on both nodes");
      return Step::kEnd;
    }
    note(error.text);
    return Step::kRetry;
  }
  const auto committed = core_.commit(std::move(staged).value(), record->signature);
  if (!committed.ok()) {
    on_fatal_(committed.error().text);
    return Step::kEnd;
  }
  upstream_height_ = std::max(upstream_height_.load(), record->header.height.value());
  return Step::kGoOn;
}

}  // namespace wald::sequencer
