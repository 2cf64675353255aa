// SPDX-License-Identifier: Apache-2.0
#include "node/core/ledger_core.h"

#include <filesystem>
#include <future>

#include "codec/base/text.h"
#include "ledger/records.h"
#include "ledger/wire/canonical.h"
#include "node/core/index_rows.h"
#include "node/os/clock.h"
#include "proofs/signature.h"

namespace wald::core {
namespace {

base::Err<RecordError> wrong(RecordError::Kind kind, std::string text) {
  return base::Err<RecordError>{RecordError{kind, std::move(text)}};
}

// What an operator can do about data that cannot be trusted.
const std::string kStateAdvice =
    "; nothing was changed: move the folder state/ away, it is made again from the block log";
const std::string kLogAdvice =
    "; nothing was changed: put back an intact copy of log/, or move log/ and state/ away and let "
    "the node follow the chain again from another one";

// Of each receipt of a block; the verdicts are those of its transactions in order.
std::vector<base::AccountId> senders_of(const ledger::BlockOutput& output,
                                        std::span<const SharedVerdict> verdicts) {
  std::vector<base::AccountId> out;
  out.reserve(output.receipts.size());
  std::size_t inside = 0;  // of the transaction's envelopes, the next one
  for (std::size_t i = 0; i < output.places.size(); ++i) {
    const ledger::TxVerdict* verdict = verdicts[output.places[i]].get();
    if (i == 0 || output.places[i] != output.places[i - 1])
      inside = 0;
    else
      verdict = &verdict->value().inside->verdicts.at(inside++);
    out.push_back(verdict->ok() ? verdict->value().sender : base::AccountId());
  }
  return out;
}

}  // namespace

LedgerCore::LedgerCore(const ledger::GenesisState& genesis, std::uint32_t newest_version)
    : genesis_(genesis), machine_(genesis.chain, newest_version) {}

base::Result<std::unique_ptr<LedgerCore>, std::string> LedgerCore::open(
    const CoreOptions& options, const ledger::GenesisState& genesis) {
  std::unique_ptr<LedgerCore> core(new LedgerCore(genesis, options.newest_version));
  try {
    TRY(core->load(options));
  } catch (const store::StoreFailure& failure) {
    return base::Err{"state: " + std::string(failure.what()) + kStateAdvice};
  }
  core->store_->on_failure([raw = core.get()](const std::string& why) {
    raw->fail("state: " + why + "; nothing acknowledged is lost: the next start reads the log");
  });
  core->upkeep_ =
      std::thread([raw = core.get(), epoch = core->head_.epoch] { raw->upkeep(epoch); });
  return core;
}

LedgerCore::~LedgerCore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_signal_.notify_all();
  if (upkeep_.joinable()) upkeep_.join();
}

base::Result<void, std::string> LedgerCore::load(const CoreOptions& options) {
  dir_ = options.dir;
  on_fatal_ = options.on_fatal;
  store::StateStoreOptions state;
  state.dir = options.dir + "/state";
  state.chain = chain();
  state.map_bytes = options.map_bytes;
  state.history_blocks = options.history_blocks;
  state.checkpoint_rows = options.checkpoint_rows;
  auto opened = store::StateStore::open(state);
  if (!opened.ok()) return base::Err{"state: " + opened.error().text + kStateAdvice};
  store_ = std::move(opened).value();

  const auto checkpoint = store_->checkpoint_tip();
  store::BlockLogOptions log;
  log.dir = options.dir + "/log";
  log.chain = chain();
  log.segment_bytes = options.segment_bytes;
  log.ops = options.ops;
  if (checkpoint && checkpoint->height.value() > 0) log.scan_from = checkpoint->height;
  auto blocks = store::BlockLog::open(log);
  if (!blocks.ok()) {
    // Code 0 is damage; others are the disk's own words.
    const auto& error = blocks.error();
    return base::Err{"block log: " + error.text + (error.code == 0 ? kLogAdvice : "")};
  }
  log_ = std::move(blocks).value();
  room_ = std::make_unique<Room>(options.room, options.dir, *log_, *store_);

  head_.header = base::Hash(chain().bytes());
  head_.time = genesis_.start;
  if (!checkpoint) {
    store_->push({base::Height(0), genesis_.start, genesis_.tree.root()},
                 std::make_shared<const ledger::StateTree>(genesis_.tree), genesis_.records, {});
  } else if (checkpoint->height.value() > 0) {
    // The log is durable before anything enters a checkpoint: it must hold that block.
    const auto bytes = log_->read(checkpoint->height);
    if (!bytes.ok())
      return base::Err{"the block log lacks height " + std::to_string(checkpoint->height.value()) +
                       " of the checkpoint: " + bytes.error().text + kLogAdvice};
    const auto record = parse_block_record(*bytes);
    if (!record || record->header.state_root != checkpoint->root)
      return base::Err{"the block log and the checkpoint disagree at height " +
                       std::to_string(checkpoint->height.value()) + kStateAdvice};
    head_.header = ledger::header_hash(record->header);
  }
  const auto now = ledger::must_load(*view(), ledger::kChain);
  head_.height = now.height;
  head_.time = now.time;
  head_.root = view()->tip().root;
  head_.event_head = now.event_head;
  head_.epoch = now.clock.epoch;
  head_.events = now.event_seq;
  TRY(replay());
  if (std::string why = unknown_version(); !why.empty()) return base::Err{std::move(why)};
  return {};
}

// A block of our own log, read. Its bytes got there after every signature had been verified, and
// its check bytes and the sequencer's signature over the input still hold: what is lost by a
// restart is only the cache of verdicts.
base::Result<LedgerCore::Logged, std::string> LedgerCore::read_logged(base::Height height) const {
  const std::string where = "block log, height " + std::to_string(height.value()) + ": ";
  const auto bytes = log_->read(height);
  if (!bytes.ok()) return base::Err{where + bytes.error().text};
  auto record = parse_block_record(*bytes);
  if (!record) return base::Err{where + "no block record"};
  Logged out{*std::move(record), {}};
  out.verdicts.reserve(out.record.input.transactions.size());
  for (const auto& envelope : out.record.input.transactions)
    out.verdicts.push_back(std::make_shared<const ledger::TxVerdict>(
        machine_.check(envelope, ledger::Signatures::kKnown)));
  return out;
}

// The tail of the log after the checkpoint, every root compared; the next block is read and parsed
// while one is executed.
base::Result<void, std::string> LedgerCore::replay() {
  const auto last = log_->last();
  if (!last || head_.height >= *last) return {};
  const auto ahead = [this](base::Height height) {
    return std::async(std::launch::async, [this, height] { return read_logged(height); });
  };
  auto next = ahead(head_.height.next());
  while (head_.height < *last) {
    const base::Height height = head_.height.next();
    TRY_ASSIGN(Logged block, next.get());
    if (height < *last) next = ahead(height.next());
    auto staged = verify(block.record, std::move(block.verdicts));
    if (!staged.ok() && staged.error().kind == RecordError::Kind::kVersion)
      return base::Err{staged.error().text};
    // A block may carry an envelope whose signature fails (EN-2): nothing is taken as known then.
    if (!staged.ok()) staged = verify(block.record);
    if (!staged.ok())
      return base::Err{"replay of height " + std::to_string(height.value()) + ": " +
                       staged.error().text};
    push(*staged, ledger::header_hash(block.record.header));
    // A long log, as after the state was moved away: what is made of it must not stay in memory.
    if (store_->crowded()) {
      TRY(checkpoint());
    }
  }
  return {};
}

Head LedgerCore::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

SharedVerdict LedgerCore::check(base::ByteView envelope) const {
  const bool kept = envelope.size() <= ledger::StateMachine::kMaxOpenings;
  const base::Hash key = kept ? base::blake2b(envelope) : base::Hash();
  if (kept)
    if (auto known = verdicts_.find(key)) return known;
  auto verdict = std::make_shared<const ledger::TxVerdict>(machine_.check(envelope));
  if (kept) verdicts_.put(key, verdict);
  return verdict;
}

std::shared_ptr<const LedgerCore::Admission> LedgerCore::admission() const {
  auto newest = view();
  {
    const std::lock_guard lock(mutex_);
    // A checkpoint makes a view of the same version anew; either serves.
    if (admission_ && admission_->view->tip().height == newest->tip().height) return admission_;
  }
  const ledger::BlockFacts next = machine_.next_facts(*newest);
  auto made = std::make_shared<const Admission>(Admission{std::move(newest), next});
  const std::lock_guard lock(mutex_);
  admission_ = made;
  return made;
}

base::Result<void, ledger::Dropped> LedgerCore::admit(const ledger::CheckedTx& tx) const {
  const auto at = admission();
  return machine_.admit(*at->view, at->next, tx);
}

Staged LedgerCore::execute(const ledger::BlockInput& input) const {
  std::vector<SharedVerdict> verdicts;
  verdicts.reserve(input.transactions.size());
  for (const auto& bytes : input.transactions) verdicts.push_back(check(bytes));
  return execute(input, verdicts);
}

Staged LedgerCore::execute(ledger::BlockInput input,
                           std::span<const SharedVerdict> verdicts) const {
  std::vector<const ledger::TxVerdict*> looked_at;
  looked_at.reserve(verdicts.size());
  for (const auto& verdict : verdicts) looked_at.push_back(verdict.get());
  Staged staged;
  staged.input = std::move(input);
  staged.input_bytes = ledger::encode(staged.input);
  staged.output = machine_.apply_block(*view(), staged.input, looked_at);
  staged.senders = senders_of(staged.output, verdicts);
  const Head at = head();
  ledger::BlockHeader& header = staged.header;
  header.chain = chain();
  header.term = 1;
  header.height = staged.input.height;
  header.time = std::max(at.time, staged.input.time);
  header.previous = at.header;
  header.input_hash = ledger::input_hash(staged.input_bytes);
  header.receipts_hash = staged.output.receipts_hash;
  header.event_head = staged.output.event_head;
  header.state_root = staged.output.state_root;
  return staged;
}

base::Result<Staged, RecordError> LedgerCore::verify(const BlockRecord& record,
                                                     std::vector<SharedVerdict> verdicts) const {
  using Kind = RecordError::Kind;
  const Head at = head();
  const ledger::BlockHeader& header = record.header;
  if (header.chain != chain()) return wrong(Kind::kChain, "a block of another chain");
  if (header.term != 1) return wrong(Kind::kTerm, "term " + std::to_string(header.term));
  if (!genesis_.sequencer_key) return wrong(Kind::kTerm, "the genesis names no sequencer");
  const auto preimage = ledger::block_preimage(ledger::header_hash(header));
  if (!proofs::verify_signature(*genesis_.sequencer_key, preimage, record.signature))
    return wrong(Kind::kSignature, "the sequencer's signature does not verify");
  if (header.height != at.height.next() || record.input.height != header.height)
    return wrong(Kind::kHeight, "height " + std::to_string(header.height.value()) + " after " +
                                    std::to_string(at.height.value()));
  if (header.previous != at.header)
    return wrong(Kind::kPrevious, "height " + std::to_string(header.height.value()) +
                                      ": it does not follow our last block: another history");
  if (header.input_hash != ledger::input_hash(record.input_bytes))
    return wrong(Kind::kInput, "the header names another input");
  if (header.time != std::max(at.time, record.input.time))
    return wrong(Kind::kTime, "height " + std::to_string(header.height.value()) +
                                  ": the header's time is not the block's");
  if (std::string why = unknown_version(); !why.empty())
    return wrong(Kind::kVersion, std::move(why));
  if (verdicts.empty())
    for (const auto& bytes : record.input.transactions) verdicts.push_back(check(bytes));
  Staged staged = execute(record.input, verdicts);
  const std::string height = "height " + std::to_string(header.height.value()) + ": ";
  if (staged.header.state_root != header.state_root)
    return wrong(Kind::kDiverged,
                 height + "our state root is " + base::shown_hex(staged.header.state_root.view()) +
                     ", the block says " + base::shown_hex(header.state_root.view()));
  if (staged.header != header)
    return wrong(Kind::kDiverged, height + "our receipts or events are not the block's");
  return staged;
}

os::IoResult<void> LedgerCore::commit(Staged staged,
                                      const std::array<std::uint8_t, 64>& signature) {
  const Staged block = std::move(staged);  // committed once
  if (const std::string why = fatal(); !why.empty()) return os::content_error(why);
  TRY(log_->append(block.input.height, encode_block_record(block, signature)));
  push(block, ledger::header_hash(block.header));
  std::vector<Listener> listeners;
  Head at;
  {
    const std::lock_guard lock(mutex_);
    listeners = listeners_;
    at = head_;
  }
  committed_.notify_all();
  for (const auto& listener : listeners) listener(at, block.output);
  if (const std::string why = unknown_version(); !why.empty()) fail(why);
  return {};
}

void LedgerCore::push(const Staged& staged, const base::Hash& header_hash) {
  const ledger::BlockOutput& output = staged.output;
  const ledger::Change* chain_change = output.changes.find(ledger::key_of(ledger::kChain));
  WALD_CHECK(chain_change != nullptr);
  const auto chain_record = ledger::decode_record<ledger::ChainRecord>(*chain_change->value);
  WALD_CHECK(chain_record.has_value());
  const base::Epoch epoch = chain_record->clock.epoch;
  store_->push(
      {staged.header.height, staged.header.time, output.state_root},
      std::make_shared<const ledger::StateTree>(output.tree), output.changes,
      index_rows({staged.header.height, staged.header.time, epoch}, output, staged.senders));
  law_failures_ += output.law_failures.size();
  const std::lock_guard lock(mutex_);
  admission_.reset();  // an old view would pin what checkpoints replaced
  head_ = {staged.header.height,   staged.header.time,
           output.state_root,      header_hash,
           output.event_head,      epoch,
           chain_record->event_seq};
}

void LedgerCore::on_commit(Listener listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(std::move(listener));
}

base::Height LedgerCore::wait_above(base::Height seen, std::uint64_t timeout_ms) const {
  std::unique_lock lock(mutex_);
  committed_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                      [&] { return head_.height > seen || stopping_; });
  return head_.height;
}

std::optional<std::string> LedgerCore::lacking(std::size_t record_bytes) {
  return room_->look(head().height.next(), record_bytes);
}

}  // namespace wald::core
