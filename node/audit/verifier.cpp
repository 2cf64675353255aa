// SPDX-License-Identifier: Apache-2.0
#include "node/audit/verifier.h"

#include <algorithm>
#include <thread>

#include "codec/shape/commitment.h"

namespace wald::audit {
namespace {

using ledger::rounds::RoundView;

constexpr std::uint64_t kPieceBytes = 4u << 20;
constexpr std::uint64_t kBusyWaitMs = 250;

// A node that has just seen hG waits a moment: others may see it a little later.
std::uint64_t first_wait(std::uint64_t verify_ms) {
  return std::min<std::uint64_t>(verify_ms / 20, 2'000);
}
// Three tries within the first half of VERIFY, before the row leaves at two thirds.
std::uint64_t next_wait(std::uint64_t verify_ms, unsigned tries) {
  return verify_ms / (tries <= 1 ? 10 : 4);
}
std::uint64_t timeout_of(std::uint64_t verify_ms) {
  return std::clamp<std::uint64_t>(verify_ms / 4, 500, 10'000);
}

}  // namespace

// What all asking of one pass shares.
struct Verifier::Context {
  const RoundView& view;
  std::vector<std::string> addresses;  // by member
};

Verifier::Job Verifier::make_job(const RoundView& view, const ledger::DrawRecord& draw,
                                 const proofs::Assignment& assignment,
                                 const ledger::TallyRecord& tally, std::uint16_t prover) const {
  const base::NodeId& node = view.committee.members[prover].node;
  Job job;
  job.prover = prover;
  job.root = tally.root;
  job.order = base::tagged_hash("wald.pull", view.record.seed.view(),
                                base::Writer().raw(parts_.self.view()).raw(node.view()).bytes());
  const proofs::Exam exam = ledger::rounds::exam_of(view, prover);
  for (std::uint16_t t = 0; t < view.record.points; ++t) {
    std::vector<std::uint16_t> verifiers = assignment.verifiers(node, prover, t);
    const auto self = std::find(verifiers.begin(), verifiers.end(), place_);
    if (self == verifiers.end()) continue;
    verifiers.erase(self);
    Wanted wanted{ledger::rounds::facts_of(view, draw, prover, exam.point(t), tally), 0,
                  std::move(verifiers)};
    const auto size = wanted.facts.params.symbol_size(wanted.facts.blob_length);
    WALD_CHECK(size.ok());  // the blob was registered with this length
    wanted.symbol_size = *size;
    job.wanted.emplace(t, std::move(wanted));
  }
  return job;
}

void Verifier::take_up(const ledger::Reader& state, const RoundView& view, std::uint64_t now_ms) {
  std::optional<ledger::DrawRecord> draw;
  std::optional<proofs::Assignment> assignment;
  const auto members = base::narrow<std::uint16_t>(view.committee.members.size());
  for (std::uint16_t i = 0; i < members; ++i) {
    if (i == place_ || jobs_.contains(i)) continue;
    const auto tally = ledger::rounds::tally_of(state, view, view.committee.members[i].node);
    if (!tally.committed) continue;
    if (!draw) draw = ledger::rounds::draw_of(state, view);
    if (!assignment) assignment = ledger::rounds::assignment_of(view);
    Job job = make_job(view, *draw, *assignment, tally, i);
    job.next_at = now_ms + first_wait(verify_ms_);
    jobs_.emplace(i, std::move(job));
  }
}

void Verifier::pass(const ledger::Reader& state, const RoundView& view, std::uint64_t now_ms) {
  take_up(state, view, now_ms);
  std::vector<Job*> due;
  for (auto& [prover, job] : jobs_)
    if (!job.over() && now_ms >= job.next_at) due.push_back(&job);
  if (due.empty()) return;
  std::sort(due.begin(), due.end(), [](const Job* a, const Job* b) { return a->order < b->order; });
  due.resize(std::min(due.size(), kInFlight));
  Context context{view, {}};
  for (const auto& member : view.committee.members) {
    const auto node = ledger::load(state, ledger::kNodes, member.node);
    context.addresses.push_back(node ? node->address : std::string());
  }
  std::vector<Outcome> outcomes(due.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < due.size(); ++i)
    threads.emplace_back([&, i] { outcomes[i] = ask_all(context, *due[i]); });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < due.size(); ++i) {
    Job& job = *due[i];
    for (const std::uint16_t t : outcomes[i].good) job.wanted.erase(t);
    false_ += outcomes[i].wrong;
    if (outcomes[i].busy && job.busy < kBusyTries) {
      ++job.busy;
      job.next_at = now_ms + std::min(kBusyWaitMs, next_wait(verify_ms_, 1));
    } else {
      ++job.tries;
      job.next_at = now_ms + next_wait(verify_ms_, job.tries);
    }
  }
}

Verifier::Outcome Verifier::ask_all(const Context& context, const Job& job) const {
  Outcome outcome;
  std::vector<std::uint16_t> places;
  for (const auto& [t, wanted] : job.wanted) places.push_back(t);
  ask(context, job, job.prover, places, outcome);
  if (job.tries == 0 || outcome.busy) return outcome;
  ask_others(context, job, outcome);
  return outcome;
}

// What the prover did not give: each leaf from one of its other verifiers after the other, those
// that the last try did not come to first.
void Verifier::ask_others(const Context& context, const Job& job, Outcome& outcome) const {
  std::set<std::uint16_t> silent;
  for (std::size_t k = 0; k < kOthersAsked; ++k) {
    const std::set<std::uint16_t> good(outcome.good.begin(), outcome.good.end());
    const std::size_t turn = (job.tries - 1) * kOthersAsked + k;
    std::map<std::uint16_t, std::vector<std::uint16_t>> by_member;
    for (const auto& [t, wanted] : job.wanted) {
      if (good.contains(t) || k >= wanted.others.size()) continue;
      const std::uint16_t member = wanted.others[turn % wanted.others.size()];
      if (!silent.contains(member)) by_member[member].push_back(t);
    }
    if (by_member.empty()) return;
    for (const auto& [member, theirs] : by_member)
      if (!ask(context, job, member, theirs, outcome)) silent.insert(member);
  }
}

// False: that member has no more to say.
bool Verifier::ask(const Context& context, const Job& job, std::uint16_t member,
                   const std::vector<std::uint16_t>& places, Outcome& outcome) const {
  const std::string& address = context.addresses[member];
  if (address.empty() || stopping_) return false;
  std::size_t from = 0;
  while (from < places.size()) {
    std::uint64_t bytes = 0;
    std::size_t to = from;
    while (to < places.size()) {
      bytes += opening_bytes(context.view.shards, context.view.record.points,
                             job.wanted.at(places[to]).symbol_size);
      if (to > from && bytes > kPieceBytes) break;
      ++to;
    }
    const std::span<const std::uint16_t> piece(places.data() + from, to - from);
    if (!ask_piece(context, job, address, piece, outcome)) return false;
    from = to;
  }
  return true;
}

bool Verifier::ask_piece(const Context& context, const Job& job, const std::string& address,
                         std::span<const std::uint16_t> places, Outcome& outcome) const {
  const RoundView& view = context.view;
  const proofs::OpeningsRequest request{view.id.epoch, view.id.round,
                                        view.committee.members[job.prover].node,
                                        std::vector(places.begin(), places.end())};
  std::uint64_t cap = base::Hash::kSize;
  for (const std::uint16_t t : places)
    cap += opening_bytes(view.shards, view.record.points, job.wanted.at(t).symbol_size);
  const auto reply =
      parts_.ask(address, proofs::encode_openings_request(request), cap, timeout_of(verify_ms_));
  if (!reply.ok()) {
    if (reply.error().busy()) outcome.busy = true;
    return false;
  }
  const auto answer = proofs::parse_openings_answer(*reply, places.size());
  if (!answer || answer->root != job.root) return false;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (answer->openings[i]) judge(context, job, places[i], *answer->openings[i], outcome);
  return true;
}

void Verifier::judge(const Context& context, const Job& job, std::uint16_t t,
                     const proofs::Opening& opening, Outcome& outcome) const {
  if (proofs::opened_place(job.root, context.view.record.points, opening) != t) return;
  const proofs::PointFacts& facts = job.wanted.at(t).facts;
  base::Hash sliver;  // only of OK leaves does the judgement look at it
  if (facts.status == proofs::LeafStatus::kOk) {
    const auto metadata = metadata_of(context, facts.blob, job.prover);
    if (!metadata) return;
    sliver = shape::sliver_hash(facts.params, *metadata, facts.axis,
                                shape::sliver_of_pair(facts.params, facts.axis, facts.pair));
  }
  switch (proofs::judge_opening(facts, opening, sliver)) {
    case proofs::Verdict::kGood:
      checked_->add(job.prover, t, opening);
      outcome.good.push_back(t);
      break;
    case proofs::Verdict::kFalse:
      ++outcome.wrong;
      parts_.tell("a committed answer is false: member " + std::to_string(job.prover) + ", leaf " +
                  std::to_string(t));
      break;
    case proofs::Verdict::kUnproven:
      break;
  }
}

std::shared_ptr<const shape::Metadata> Verifier::metadata_of(const Context& context,
                                                             const base::BlobId& blob,
                                                             std::uint16_t prover) const {
  const auto own = parts_.store.metadata(blob);
  if (own.ok() && *own) return *own;
  if (parts_.peers == nullptr || context.addresses[prover].empty()) return nullptr;
  auto fetched = parts_.peers->metadata(context.addresses[prover], blob);
  if (!fetched.ok()) return nullptr;
  // For the next leaf; a full disk only means that it is fetched again.
  static_cast<void>(parts_.store.put_metadata(*fetched).ok());
  return std::make_shared<const shape::Metadata>(std::move(fetched).value());
}

std::vector<bool> Verifier::verified(std::size_t members) const {
  std::vector<bool> out(members);
  for (const auto& [prover, job] : jobs_) out.at(prover) = job.wanted.empty();
  return out;
}

std::vector<bool> Verifier::missing(std::size_t members) const {
  std::vector<bool> out(members);
  for (const auto& [prover, job] : jobs_) out.at(prover) = !job.wanted.empty();
  return out;
}

bool Verifier::settled() const {
  return std::all_of(jobs_.begin(), jobs_.end(), [](const auto& job) { return job.second.over(); });
}

std::map<std::uint16_t, base::Hash> Verifier::roots() const {
  std::map<std::uint16_t, base::Hash> out;
  for (const auto& [prover, job] : jobs_) out.emplace(prover, job.root);
  return out;
}

}  // namespace wald::audit
