// SPDX-License-Identifier: Apache-2.0
#include "ledger/duties.h"

#include <set>

#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

constexpr std::size_t kForgetAtOnce = 1000;  // blocks; more only after the window was cut (H-3)

bool has_power(const Reader& state, const base::NodeId& node) {
  return must_load(state, kNodes, node).consensus_key && !duties_of(state, node).consensus_off;
}

std::uint32_t shards_of(const CommitteeMember& member) {
  return base::narrow<std::uint32_t>(member.shards.size());
}

// Blocks that left the window take their absences along.
void forget(Context& ctx) {
  const std::uint64_t height = ctx.block().height.value();
  const std::uint64_t window = ctx.params().liveness_window;
  std::vector<std::pair<base::Height, AbsenceRecord>> gone;
  for_each<AbsenceRecord>(ctx.state(), kAbsences, [&](base::ByteView key, const AbsenceRecord& at) {
    const auto of = base::Reader(key).be<std::uint64_t>();
    WALD_CHECK(of && *of < height);
    if (*of + window > height || gone.size() == kForgetAtOnce) return false;
    gone.emplace_back(base::Height(*of), at);
    return true;
  });
  for (const auto& [of, at] : gone) {
    for (const base::NodeId& node : at.nodes) {
      auto duties = load(ctx.state(), kDuties, node);
      if (!duties || of < duties->counted_from) continue;
      WALD_CHECK(duties->absent > 0);
      --duties->absent;
      save(ctx.state(), kDuties, *duties, node);
    }
    remove(ctx.state(), kAbsences, of);
  }
}

void switch_off(Context& ctx, const base::NodeId& node, DutyRecord duties, std::uint32_t rest) {
  WALD_CHECK(!duties.consensus_off);
  duties.consensus_off = true;
  save(ctx.state(), kDuties, duties, node);
  spec::NodeConsensusOff event;
  event.set_node(text_of(node));
  event.set_absent(duties.absent);
  event.set_window(ctx.params().liveness_window);
  event.set_power(rest);
  ctx.emit(event);
}

}  // namespace

DutyRecord duties_of(const Reader& state, const base::NodeId& node) {
  return load(state, kDuties, node).value_or(DutyRecord());
}

base::Result<void, Rejected> require_rising(Context& ctx, const DutyRecord& duties,
                                            std::uint64_t sequence) {
  const std::uint64_t last = duties.deny_list ? duties.deny_list->sequence : 0;
  if (sequence > last) return {};
  return ctx.reject(spec::DENY_SEQUENCE, {{"last", std::to_string(last)}});
}

base::Result<void, Rejected> set_deny_list(Context& ctx, const base::NodeId& node,
                                           const DenyListed& list, std::uint32_t weight) {
  const auto record = load(ctx.state(), kNodes, node);
  if (!record) return ctx.reject(spec::UNKNOWN_NODE);
  if (record->left) return ctx.reject(spec::NODE_STATE);
  DutyRecord duties = duties_of(ctx.state(), node);
  TRY(require_rising(ctx, duties, list.sequence));
  duties.deny_list = list;
  if (duties.announced && duties.announced->sequence <= list.sequence) duties.announced.reset();
  save(ctx.state(), kDuties, duties, node);
  emit_deny_list(ctx, node, list, weight);
  return {};
}

void emit_deny_list(Context& ctx, const base::NodeId& node, const DenyListed& list,
                    std::optional<std::uint32_t> weight) {
  WALD_CHECK(list.sequence > 0);
  spec::GovDenyListChanged event;
  event.set_node(text_of(node));
  event.set_root(text_of(list.root));
  event.set_size(list.size);
  event.set_sequence(list.sequence);
  event.set_in_force(weight.has_value());
  event.set_weight(weight.value_or(0));
  ctx.emit(event);
}

void end_duties(Overlay& state, const base::NodeId& node) {
  if (exists(state, kDuties, node)) remove(state, kDuties, node);
}

std::uint32_t consensus_power(const Reader& state, base::Epoch running) {
  std::uint32_t power = 0;
  const auto committee = load(state, kCommittees, running);
  if (!committee) return power;
  for (const CommitteeMember& member : committee->members)
    if (has_power(state, member.node)) power += shards_of(member);
  return power;
}

void note_absences(Context& ctx, const std::vector<base::NodeId>& absent) {
  forget(ctx);
  if (absent.empty()) return;
  const auto committee = load(ctx.state(), kCommittees, ctx.epoch());
  if (!committee) return;
  const std::set<base::NodeId> named(absent.begin(), absent.end());
  std::vector<const CommitteeMember*> missing;  // ascending, as members are
  for (const CommitteeMember& member : committee->members)
    if (named.count(member.node) != 0) missing.push_back(&member);
  if (missing.empty()) return;
  AbsenceRecord record;
  for (const CommitteeMember* member : missing) {
    record.nodes.push_back(member->node);
    DutyRecord duties = duties_of(ctx.state(), member->node);
    ++duties.absent;
    save(ctx.state(), kDuties, duties, member->node);
  }
  save(ctx.state(), kAbsences, record, ctx.block().height);
  for (const CommitteeMember* member : missing) {
    const DutyRecord duties = duties_of(ctx.state(), member->node);
    if (2 * duties.absent <= ctx.params().liveness_window || !has_power(ctx.state(), member->node))
      continue;
    const std::uint32_t power = consensus_power(ctx.state(), ctx.epoch());
    WALD_CHECK(power >= shards_of(*member));  // it is one of them
    const std::uint32_t rest = power - shards_of(*member);
    if (std::uint64_t{3} * rest > 2 * ctx.params().shards)
      switch_off(ctx, member->node, duties, rest);
  }
}

void switch_on(Context& ctx, const base::NodeId& node) {
  DutyRecord duties = duties_of(ctx.state(), node);
  WALD_CHECK(duties.consensus_off);
  duties.consensus_off = false;
  duties.absent = 0;
  duties.counted_from = ctx.block().height.next();
  save(ctx.state(), kDuties, duties, node);
  spec::NodeConsensusOn event;
  event.set_node(text_of(node));
  ctx.emit(event);
}

}  // namespace wald::ledger
