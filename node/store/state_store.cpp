// SPDX-License-Identifier: Apache-2.0
#include "node/store/state_store.h"

#include "codec/base/hash.h"
#include "ledger/block.h"
#include "node/os/clock.h"

namespace wald::store {
namespace {

constexpr std::string_view kMagic = "WALDSTOR";
// 2: events under their senders, under the accounts of their postings and by type as well.
// 3: the roll of nodes.
constexpr std::uint32_t kVersion = 3;
constexpr std::uint32_t kTightPercent = 50;  // of the map in use; the past gives way from there on
constexpr std::size_t kCrowdRows = 8;        // times what makes a checkpoint due
constexpr std::size_t kCrowdBytes = 4;

base::Bytes encode_meta(const base::ChainId& chain, const Tip& tip, base::ByteView extra) {
  base::Writer out;
  out.text(kMagic).le(kVersion).raw(chain.view());
  out.le(tip.height.value()).le(tip.time.value()).raw(tip.root.view()).raw(extra);
  return std::move(out).bytes();
}

struct Meta {
  std::uint32_t version;
  base::ChainId chain;
  Tip tip;
  base::Bytes extra;
};

std::optional<Meta> decode_meta(base::ByteView bytes) {
  base::Reader reader(bytes);
  const auto magic = reader.raw(kMagic.size());
  const auto version = reader.le<std::uint32_t>();
  const auto chain = reader.id<base::ChainId>();
  const auto height = reader.le<std::uint64_t>();
  const auto time = reader.le<std::uint64_t>();
  const auto root = reader.id<base::Hash>();
  if (!root || base::as_text(*magic) != kMagic) return std::nullopt;
  const auto extra = *reader.raw(reader.remaining());
  return Meta{*version,
              *chain,
              {base::Height(*height), base::TimeMs(*time), *root},
              base::Bytes(extra.begin(), extra.end())};
}

// Rows under the number of an event: no block writes one again, so there is nothing to look for.
bool written_once(Table table) {
  return table == Table::kEvents || table == Table::kAccountEvents || table == Table::kNodeEvents ||
         table == Table::kTypeEvents;
}

LayerPtr merge_all(std::vector<LayerPtr> stack) {
  while (stack.size() > 1) {
    const LayerPtr newer = stack.back();
    stack.pop_back();
    stack.back() = Layer::merge(*stack.back(), *newer);
  }
  return stack.empty() ? std::make_shared<const Layer>() : stack.front();
}

// Of blocks, oldest first: one each while they are few, so that nothing is made for one question.
std::vector<LayerPtr> stack_of(const std::vector<LayerPtr>& blocks) {
  constexpr std::size_t kFew = 64;
  if (blocks.size() <= kFew) return blocks;
  std::vector<LayerPtr> out;
  for (const LayerPtr& layer : blocks) add_layer(out, layer);
  return out;
}

std::size_t bytes_of(const std::vector<Row>& rows) {
  std::size_t out = 0;
  for (const Row& row : rows) out += row.key.size() + (row.value ? row.value->size() : 0);
  return out;
}

}  // namespace

void add_layer(std::vector<LayerPtr>& stack, LayerPtr layer, std::size_t frozen) {
  stack.push_back(std::move(layer));
  while (stack.size() > frozen + 1 && stack[stack.size() - 2]->size() < 2 * stack.back()->size()) {
    const LayerPtr newer = stack.back();
    stack.pop_back();
    stack.back() = Layer::merge(*stack.back(), *newer);
  }
}

os::IoResult<std::unique_ptr<StateStore>> StateStore::open(const StateStoreOptions& options) {
  std::unique_ptr<StateStore> store(new StateStore(options));
  TRY_ASSIGN(store->env_, LmdbEnv::open(options.dir, options.map_bytes));
  store->past_ = std::make_shared<Past>(store->env_, options.history_blocks);
  try {
    TRY(store->load());
  } catch (const StoreFailure& failure) {
    return os::content_error(failure.what());
  }
  return store;
}

os::IoResult<void> StateStore::load() {
  Tip tip;
  if (const auto bytes = env_->meta()) {
    const auto meta = decode_meta(*bytes);
    if (!meta) return os::content_error(options_.dir + ": not a store of this program");
    if (meta->version != kVersion)
      return os::content_error(options_.dir + ": a store of format " +
                               std::to_string(meta->version) + ", this program reads format " +
                               std::to_string(kVersion));
    if (meta->chain != options_.chain)
      return os::content_error(options_.dir + ": the store of another chain");
    tip = meta->tip;
    checkpoint_tip_ = tip;
    checkpoint_extra_ = meta->extra;
  }
  const LmdbEnv::Read read(*env_);
  ledger::StateTree::Builder builder;
  bool any = false;
  for (LmdbEnv::Cursor at(read, Table::kState, {}); at.valid(); at.next()) {
    builder.add(at.key(), base::blake2b(at.value()));
    any = true;
  }
  auto tree = std::make_shared<const ledger::StateTree>(builder.finish());
  if (any && !checkpoint_tip_)
    return os::content_error(options_.dir + ": records without a checkpoint");
  if (checkpoint_tip_ && tree->root() != tip.root)
    return os::content_error(options_.dir + ": the records of height " +
                             std::to_string(tip.height.value()) + " do not give its state root");
  if (checkpoint_tip_) past_->load(tip);
  generation_ = std::make_shared<Generation>(read.id());
  view_ = std::make_shared<const View>(env_, generation_, std::vector<LayerPtr>{}, tip,
                                       std::move(tree));
  return {};
}

std::shared_ptr<const View> StateStore::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

StateStore::Window StateStore::window_now() const {
  const base::Height newest = view_->tip().height;
  return {past_->oldest(newest), newest};
}

StateStore::Window StateStore::window() const {
  const std::lock_guard lock(mutex_);
  return window_now();
}

base::Result<std::shared_ptr<const View>, StateStore::Window> StateStore::view_at(
    base::Height height) const {
  std::shared_ptr<const Generation> generation;
  std::vector<LayerPtr> layers;
  Tip tip;
  {
    const std::lock_guard lock(mutex_);
    const Window kept = window_now();
    if (height < kept.oldest || height > kept.newest) return base::Err{kept};
    if (height == kept.newest) return view_;
    if (!checkpoint_tip_ || height >= checkpoint_tip_->height) {
      generation = generation_;
      if (checkpoint_tip_) tip = *checkpoint_tip_;
      for (const PushedBlock& block : blocks_) {
        if (block.tip.height > height) break;
        layers.push_back(block.layer);
        tip = block.tip;
      }
    }
  }
  if (generation)
    return std::make_shared<const View>(env_, generation, stack_of(layers), tip, nullptr);
  try {
    const auto below = past_->tip(height);
    WALD_CHECK(below.has_value());
    return std::make_shared<const View>(past_, *below);
  } catch (const PastGone&) {
    return base::Err{window()};
  }
}

void StateStore::push(const Tip& tip, std::shared_ptr<const ledger::StateTree> tree,
                      const ledger::Changes& changes, std::vector<Row> other_rows) {
  WALD_CHECK(tree != nullptr && tree->root() == tip.root);
  std::vector<Row> rows;
  rows.reserve(changes.size() + other_rows.size());
  for (const auto& [key, value] : changes) {
    WALD_CHECK(!key.empty() && key.size() <= kMaxStateKey);
    rows.push_back(Row{Table::kState, base::Bytes(key.begin(), key.end()), std::nullopt});
    if (value) rows.back().value.emplace(value->begin(), value->end());
  }
  for (Row& row : other_rows) {
    WALD_CHECK(row.table != Table::kState && !row.key.empty() && row.key.size() <= kMaxKey);
    rows.push_back(std::move(row));
  }
  const std::size_t bytes = bytes_of(rows);
  const auto layer = std::make_shared<const Layer>(std::move(rows));
  // Merging takes a while and readers must not wait for it; only the beginning or the end of a
  // checkpoint can come between.
  std::unique_lock lock(mutex_);
  std::vector<LayerPtr> layers;
  for (;;) {
    const auto seen = view_;
    const std::size_t frozen = frozen_;
    layers = seen->layers();
    lock.unlock();
    add_layer(layers, layer, frozen);
    lock.lock();
    if (view_ == seen && frozen_ == frozen) break;
  }
  const bool first_ever = !checkpoint_tip_ && pending_.blocks == 0;
  WALD_CHECK(first_ever || tip.height == view_->tip().height.next());
  if (first_ever) past_->begin(tip.height);
  if (past_->on()) blocks_.push_back({tip, layer});
  pending_.blocks += 1;
  pending_.rows += layer->size();
  pending_.bytes += bytes;
  if (!pending_since_ms_) pending_since_ms_ = os::monotonic_ms();
  view_ = std::make_shared<const View>(env_, generation_, std::move(layers), tip, std::move(tree));
}

bool StateStore::due(std::uint64_t monotonic_ms) const {
  const std::lock_guard lock(mutex_);
  if (pending_.blocks == 0) return false;
  return pending_.rows >= options_.checkpoint_rows || pending_.bytes >= options_.checkpoint_bytes ||
         monotonic_ms >= *pending_since_ms_ + options_.checkpoint_ms;
}

bool StateStore::crowded() const {
  const std::lock_guard lock(mutex_);
  return pending_.rows >= kCrowdRows * options_.checkpoint_rows ||
         pending_.bytes >= kCrowdBytes * options_.checkpoint_bytes;
}

void StateStore::checkpoint(base::ByteView extra, std::uint64_t monotonic_ms) {
  const std::lock_guard one(checkpoint_mutex_);
  std::vector<LayerPtr> layers;
  std::vector<PushedBlock> blocks;
  std::shared_ptr<const Generation> from;
  Tip tip;
  Pending taken;
  {
    const std::lock_guard lock(mutex_);
    if (pending_.blocks == 0) return;
    layers = view_->layers();
    blocks = blocks_;
    frozen_ = layers.size();
    taken = pending_;
    tip = view_->tip();
    from = generation_;
  }
  std::shared_ptr<const Generation> made;
  try {
    made = write(merge_all(std::move(layers)), blocks, tip, extra, from);
  } catch (const StoreFailure&) {
    const std::lock_guard lock(mutex_);
    frozen_ = 0;
    throw;
  }
  const std::lock_guard lock(mutex_);
  pending_.blocks -= taken.blocks;
  pending_.rows -= taken.rows;
  pending_.bytes -= taken.bytes;
  blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(blocks.size()));
  generation_ = made;
  checkpoint_tip_ = tip;
  checkpoint_extra_ = base::Bytes(extra.begin(), extra.end());
  pending_since_ms_.reset();
  if (pending_.blocks > 0) pending_since_ms_ = monotonic_ms;
  const auto above = view_->layers().begin() + static_cast<std::ptrdiff_t>(frozen_);
  std::vector<LayerPtr> rest(above, view_->layers().end());
  frozen_ = 0;
  view_ = std::make_shared<const View>(env_, generation_, std::move(rest), view_->tip(),
                                       view_->shared_tree());
}

// One transaction, rows in the order of the trees they go into.
std::shared_ptr<const Generation> StateStore::write(
    const LayerPtr& merged, const std::vector<PushedBlock>& blocks, const Tip& tip,
    base::ByteView extra, const std::shared_ptr<const Generation>& made_from) {
  const bool tight = usage().percent() >= kTightPercent;
  LmdbEnv::Write txn(*env_);
  std::vector<Row> old;
  old.reserve(merged->size());
  for (const RowPtr row : merged->rows()) {
    std::optional<base::Bytes> was;
    if (!written_once(row->table)) was = txn.get(row->table, row->key);
    old.push_back(Row{row->table, row->key, std::move(was)});
    if (row->value)
      txn.put(row->table, row->key, *row->value);
    else
      txn.erase(row->table, row->key);
  }
  txn.put_meta(encode_meta(options_.chain, tip, extra));
  auto undo = std::make_shared<const Layer>(std::move(old));
  past_->write(txn, blocks, *undo, tight);
  auto made = std::make_shared<const Generation>(txn.id());
  // Before the commit: a reader that sees it must find the way back. If the commit fails, the
  // process ends (its outcome is unknown).
  made_from->set_next({made, undo});
  txn.commit();
  return made;
}

std::optional<Tip> StateStore::checkpoint_tip() const {
  const std::lock_guard lock(mutex_);
  return checkpoint_tip_;
}

base::Bytes StateStore::checkpoint_extra() const {
  const std::lock_guard lock(mutex_);
  return checkpoint_extra_;
}

StateStore::Usage StateStore::usage() const {
  const LmdbEnv::Usage disk = env_->usage();
  std::size_t rows = 0;
  for (const LayerPtr& layer : view()->layers()) rows += layer->held();
  return {disk.map_bytes, disk.used_bytes, rows};
}

}  // namespace wald::store
