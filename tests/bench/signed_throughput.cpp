// SPDX-License-Identifier: Apache-2.0
// B1: what of raw signature verification is left once the whole node works around it. Both sides
// have two threads and the same tuples. The pipeline is the node's own: Mempool::add (decode,
// verify, admit) on both threads, and on one of them Sequencer::make_block (choose, apply, root,
// sign, log with sync, views, settle), with the core's checkpoint thread running beside. The other
// side is crypto_sign_verify_detached over the same messages and nothing else.
#include <sodium.h>

#include <atomic>
#include <span>
#include <thread>

#include "tests/bench/bench.h"
#include "tests/bench/chain.h"

namespace wald::bench {
namespace {

constexpr std::size_t kChunk = 64;

// Runs `work(chunk)` over all chunks of `items` on two threads.
template <class Work>
void share(std::span<const Signed> items, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t at; (at = next.fetch_add(kChunk)) < items.size();)
      work(items.subspan(at, std::min(kChunk, items.size() - at)));
  };
  std::thread other(run);
  run();
  other.join();
}

double verify_raw(std::span<const Signed> items) {
  std::atomic<std::size_t> good{0};
  const double time = seconds([&] {
    share(items, [&](std::span<const Signed> chunk) {
      std::size_t ok = 0;
      for (const Signed& item : chunk)
        ok += crypto_sign_verify_detached(item.signature.data(), item.message.data(),
                                          item.message.size(), item.key.bytes().data()) == 0;
      good += ok;
    });
  });
  WALD_CHECK(good == items.size());
  return static_cast<double>(items.size()) / time;
}

// The node's pipeline, driven by two threads.
class Pipeline {
 public:
  Pipeline(Chain& chain, std::size_t block) : chain_(chain), pool_(chain.core()), block_(block) {
    sequencer::SequencerOptions options;
    options.batch_txs = block;
    maker_ =
        std::make_unique<sequencer::Sequencer>(chain.core(), pool_, chain.sequencer_key(), options);
    chain.core().on_commit([this](const core::Head&, const ledger::BlockOutput& output) {
      committed_ += output.receipts.size();
    });
  }

  // All of them in, and in blocks that are on disk. One transaction of a signer, so that two
  // threads may bring them in any order.
  double run(std::span<const Signed> items) {
    const std::uint64_t before = chain_.core().head().events;
    const double time = seconds([&] { drive(items); });
    // A fee and a transfer for each: nothing was refused.
    WALD_CHECK(chain_.core().head().events == before + 2 * items.size());
    return static_cast<double>(items.size()) / time;
  }

 private:
  void drive(std::span<const Signed> items) {
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> added{0};
    const auto add_some = [&] {
      const std::size_t at = next.fetch_add(kChunk);
      if (at >= items.size()) return false;
      const auto chunk = items.subspan(at, std::min(kChunk, items.size() - at));
      for (const Signed& item : chunk) WALD_CHECK(pool_.add(item.envelope).ok());
      added += chunk.size();
      return true;
    };
    committed_ = 0;
    std::thread helper([&] {
      while (add_some()) {
      }
    });
    while (committed_ < items.size()) {
      if (added < committed_ + block_) {
        if (add_some()) continue;
        if (pool_.empty()) {
          std::this_thread::yield();
          continue;
        }
      }
      maker_->make_block().value();
    }
    helper.join();
  }

  Chain& chain_;
  sequencer::Mempool pool_;
  std::size_t block_;
  std::unique_ptr<sequencer::Sequencer> maker_;
  std::size_t committed_ = 0;  // of this run; the thread that makes blocks alone looks at it
};

}  // namespace

std::vector<Figure> signed_throughput(const Settings& settings) {
  const std::size_t block = settings.quick ? 64 : 2'000;
  const std::size_t slice = settings.quick ? 192 : 20'000;
  const std::size_t accounts = settings.quick ? 1'000 : 1'000'000;
  std::vector<Signer> signers = make_signers(slice, 1);
  std::vector<base::AccountId> all;
  Chain chain(chain_document(signers, accounts, 2, &all), settings.scratch + "/b1");
  const std::size_t slices = settings.pairs + 1;
  const auto items = make_transfers(chain.core().chain(), signers, all, slices * slice, 3);
  Pipeline pipeline(chain, block);

  Figure figure;
  figure.id = "B1";
  figure.numerator = "decode, verify, apply, root, log with sync, checkpoints; 2 threads";
  figure.denominator = "crypto_sign_verify_detached; 2 threads";
  figure.unit = "transactions/s";
  figure.must = 0.6;
  figure.aim = 0.9;
  figure.data = std::to_string(accounts) + " accounts, " + std::to_string(signers.size()) +
                " signers, " + std::to_string(items.size()) + " transfers, blocks of " +
                std::to_string(block);
  std::size_t turn = 0, raw_turn = 0;
  const auto part = [&](std::size_t i) { return std::span(items).subspan(i * slice, slice); };
  measure(
      figure, settings.pairs, [&] { return pipeline.run(part(turn++)); },
      [&] { return verify_raw(part(raw_turn++)); });
  return {figure};
}

}  // namespace wald::bench
