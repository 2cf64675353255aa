// SPDX-License-Identifier: Apache-2.0
// LedgerCore: the ledger as a node runs it (engine.md 1). It keeps the block log (durable), the
// checkpoints and the newest view together, executes blocks without touching disk, and commits
// them: one append and one sync, then the view is swapped and readers see the block (EN-3). A
// restart loads the newest checkpoint and executes the log's tail again, comparing every root.
//
// Beside the state it files what is looked up later: events by number, account, node and type,
// transactions by id; they lie in the same layers and the same checkpoint transactions (I36).
//
// A thread of its own writes the checkpoints and, once per epoch, lets every law judge the whole
// state, off the commit path.
//
// A chain that goes over to a protocol version this program does not know ends it behind the last
// block that it knows (G-6): that block is durable, `on_fatal` is told, and a start says the same.
//
// Errors: opening answers a sentence; a failed commit is final, the process must end (the restart
// decides); so are a failed checkpoint, wrong bytes of the store and a broken law, which are told
// to `on_fatal` and refuse all later commits. Thread rule: execute(), verify(), lacking() and
// commit() belong to one thread, the state thread; everything else may be called from any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

#include "ledger/genesis.h"
#include "ledger/signing.h"
#include "ledger/state_machine.h"
#include "node/core/room.h"
#include "node/core/verdict_cache.h"

namespace wald::core {

struct CoreOptions {
  std::string dir;  // holds log/ and state/
  std::uint64_t segment_bytes = 64u << 20;
  std::uint64_t map_bytes = std::uint64_t{64} << 30;
  std::uint64_t history_blocks = 10'000;  // how far back view_at() goes
  std::size_t checkpoint_rows = 100'000;  // another number is a test's
  const os::FileOps* ops = &os::real_file_ops();
  RoomOptions room;
  std::uint32_t newest_version = ledger::kNewestVersion;  // another one is a test's (G-6)
  // Why the process must end, once, from any thread; without it the process aborts with the text.
  std::function<void(const std::string&)> on_fatal;
};

// Where the chain stands after a commit.
struct Head {
  base::Height height;
  base::TimeMs time;
  base::Hash root;
  base::Hash header;  // hash of the last header; of height 0 the chain id
  base::Hash event_head;
  base::Epoch epoch;
  std::uint64_t events = 0;  // number of the last event
};

// An executed block that is not committed yet.
struct Staged {
  ledger::BlockInput input;
  base::Bytes input_bytes;
  ledger::BlockHeader header;
  ledger::BlockOutput output;
  // Of each receipt; zeros for a statement and for what is no transaction.
  std::vector<base::AccountId> senders{};
};

// One entry of the block log, taken apart.
struct BlockRecord {
  ledger::BlockHeader header;
  base::Bytes header_bytes;
  std::array<std::uint8_t, 64> signature{};
  ledger::BlockInput input;
  base::Bytes input_bytes;
};
std::optional<BlockRecord> parse_block_record(base::ByteView bytes);
base::Bytes encode_block_record(const Staged& staged,
                                const std::array<std::uint8_t, 64>& signature);
// At least as long as the record of this block.
std::size_t record_bound(const ledger::BlockInput& input);

// Why a record is not the next block of this chain.
struct RecordError {
  enum class Kind {
    kForm,
    kChain,
    kTerm,
    kSignature,
    kPrevious,
    kHeight,
    kTime,
    kInput,
    kVersion,  // of a protocol version that this program does not know
    kDiverged
  };
  Kind kind = Kind::kForm;
  std::string text;
};

struct TxPlace {
  base::Height height;
  std::uint32_t index = 0;
  ledger::Receipt receipt;
  base::TimeMs time;
  base::Epoch epoch;
};
struct StoredEvent {
  spec::EventRecord record;
  base::TimeMs time;  // of its block
  base::Epoch epoch;
};

class LedgerCore {
 public:
  static base::Result<std::unique_ptr<LedgerCore>, std::string> open(
      const CoreOptions& options, const ledger::GenesisState& genesis);
  ~LedgerCore();

  const base::ChainId& chain() const { return machine_.chain(); }
  const ledger::StateMachine& machine() const { return machine_; }
  const ledger::GenesisState& genesis() const { return genesis_; }
  Head head() const;
  // One committed version, valid as long as it is held.
  std::shared_ptr<const store::View> view() const { return store_->view(); }
  // The version behind a block of the window; outside of it the window (state_store.h).
  using Window = store::StateStore::Window;
  base::Result<std::shared_ptr<const store::View>, Window> view_at(base::Height height) const {
    return store_->view_at(height);
  }
  Window window() const { return store_->window(); }

  // Stages 1 to 3, cached by the hash of the envelope; stage 4 in the newest view.
  SharedVerdict check(base::ByteView envelope) const;  // never null
  base::Result<void, ledger::Dropped> admit(const ledger::CheckedTx& tx) const;
  // The newest version with what admission needs of it, made once for each version.
  struct Admission {
    std::shared_ptr<const store::View> view;
    ledger::BlockFacts next;
  };
  std::shared_ptr<const Admission> admission() const;

  // Why this program cannot make the next block (G-6); nothing: it can.
  std::string unknown_version() const { return machine_.unknown_version(*view()); }
  // Both CHECK that the version is known.
  Staged execute(const ledger::BlockInput& input) const;
  // The same with verdicts made already, one for each transaction in order.
  Staged execute(ledger::BlockInput input, std::span<const SharedVerdict> verdicts) const;
  // A record from elsewhere: form, chain, signature, order, then executed and compared. `verdicts`:
  // those of its transactions where they are made already, else empty.
  base::Result<Staged, RecordError> verify(const BlockRecord& record,
                                           std::vector<SharedVerdict> verdicts = {}) const;
  // Why no record of so many bytes can be committed now; nothing: there is room (EN-4).
  std::optional<std::string> lacking(std::size_t record_bytes);
  const Room& room() const { return *room_; }
  // Durable and visible when it returns. An error is final.
  os::IoResult<void> commit(Staged staged, const std::array<std::uint8_t, 64>& signature);

  // Blocks height 1 to head().height as they lie in the log.
  os::IoResult<base::Bytes> block(base::Height height) const { return log_->read(height); }
  std::optional<TxPlace> transaction(const base::TxId& id) const;
  // Events above `after`, ascending, at most `limit`.
  std::vector<StoredEvent> events(std::uint64_t after, std::size_t limit) const;
  std::vector<StoredEvent> events_of(const base::AccountId& account, std::uint64_t after,
                                     std::size_t limit) const;
  std::vector<StoredEvent> events_of(const base::NodeId& node, std::uint64_t after,
                                     std::size_t limit) const;
  // Of these types, by their numbers in EventRecord, each once.
  std::vector<StoredEvent> events_of(std::span<const std::uint16_t> types, std::uint64_t after,
                                     std::size_t limit) const;
  std::optional<StoredEvent> event(std::uint64_t seq) const;

  // Called after each commit on the state thread, with the block just committed; must be quick.
  using Listener = std::function<void(const Head&, const ledger::BlockOutput&)>;
  void on_commit(Listener listener);
  // Waits until head().height > seen, or the time is over; the height then.
  base::Height wait_above(base::Height seen, std::uint64_t timeout_ms) const;

  std::uint64_t law_failures() const { return law_failures_; }
  std::uint64_t recounts() const { return recounts_; }  // whole states that no law objected to
  // All pushed blocks into LMDB now (graceful stop). An error loses nothing: the log has them.
  base::Result<void, std::string> checkpoint();

 private:
  LedgerCore(const ledger::GenesisState& genesis, std::uint32_t newest_version);
  base::Result<void, std::string> load(const CoreOptions& options);
  struct Logged {
    BlockRecord record;
    std::vector<SharedVerdict> verdicts;
  };
  base::Result<Logged, std::string> read_logged(base::Height height) const;
  base::Result<void, std::string> replay();
  void push(const Staged& staged, const base::Hash& header_hash);
  std::vector<StoredEvent> events_under(store::Table table, base::ByteView prefix,
                                        std::uint64_t after, std::size_t limit) const;
  void upkeep(base::Epoch counted);
  void recount();
  void fail(const std::string& why);
  std::string fatal() const;

  ledger::GenesisState genesis_;
  ledger::StateMachine machine_;
  std::unique_ptr<store::BlockLog> log_;
  std::unique_ptr<store::StateStore> store_;
  std::unique_ptr<Room> room_;
  std::string dir_;
  std::function<void(const std::string&)> on_fatal_;  // set at open
  mutable VerdictCache verdicts_;
  mutable std::mutex mutex_;
  mutable std::condition_variable committed_;
  Head head_;
  mutable std::shared_ptr<const Admission> admission_;  // nothing, or of some version
  std::vector<Listener> listeners_;
  std::atomic<std::uint64_t> law_failures_{0};
  std::atomic<std::uint64_t> recounts_{0};
  std::condition_variable stop_signal_;
  bool stopping_ = false;
  std::string fatal_;
  std::thread upkeep_;
};

}  // namespace wald::core
