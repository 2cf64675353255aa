// SPDX-License-Identifier: Apache-2.0
#include "node/audit/round_driver.h"

#include <algorithm>

#include "node/audit/fate.h"
#include "node/audit/prover.h"
#include "node/audit/self_proof.h"
#include "proofs/attest.h"

namespace wald::audit {
namespace {

using ledger::RoundPhase;
namespace rounds = ledger::rounds;

constexpr std::uint16_t kRows = 4;          // a round takes (O-28)
constexpr std::uint16_t kRowsInVerify = 3;  // the last one is for INSPECT
constexpr std::size_t kSelfInFlight = 4;

// Has this share of VERIFY passed, as the newest block sees it?
bool verify_past(const ledger::Reader& state, const rounds::RoundView& view,
                 const ledger::Params& params, std::uint64_t num, std::uint64_t den) {
  const auto chain = ledger::must_load(state, ledger::kChain);
  const auto& mark = view.record.verify;
  WALD_CHECK(mark.has_value());
  return proofs::due({mark->height, mark->time}, num * params.verify / den,
                     num * params.verify_blocks / den, {chain.height, chain.time});
}

bool any(const std::vector<bool>& bits) {
  return std::find(bits.begin(), bits.end(), true) != bits.end();
}

}  // namespace

void RoundDriver::step(std::uint64_t now_ms) {
  if (!ready_ && parts_.caught_up && !parts_.caught_up()) return;
  ready_ = true;
  const auto state = parts_.state();
  const auto view = rounds::open_round(*state, parts_.chain);
  if (view) {
    enter(*view);
    set_gate(*state, *view);
    const ledger::Params params = ledger::load_params(*state);
    if (work_->place) act({*state, *view, params, now_ms});
  } else {
    leave();
  }
  attest_pending(*state);
  tend(now_ms);
}

void RoundDriver::attest(base::Epoch epoch) {
  const std::lock_guard lock(mutex_);
  attest_ = epoch;
}

AuditStats RoundDriver::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

// ---- The round as a whole ----

void RoundDriver::enter(const RoundView& view) {
  if (work_ && work_->id == view.id) return;
  exchange_.serve(nullptr);
  work_.emplace(view.id);
  keep_answers_of(answers_path(view.id));
  const auto place = rounds::place_of(view.committee, parts_.self);
  if (!place) return;
  const auto& member = view.committee.members[*place];
  if (member.protocol_key != parts_.signer.public_key() ||
      member.vrf_key != parts_.vrf.public_key()) {
    parts_.tell("the keys of this node are not those of the round's committee: it takes no part");
    return;
  }
  work_->place = place;
}

void RoundDriver::leave() {
  parts_.gate.open();
  if (!work_ && tidy_) return;
  exchange_.serve(nullptr);
  work_.reset();
  keep_answers_of("");
}

// Answers of other rounds go.
void RoundDriver::keep_answers_of(const std::string& path) {
  tidy_ = true;
  const std::string dir = parts_.dir + "/answers";
  const auto names = os::list_dir(dir);
  if (!names.ok()) return;
  for (const std::string& name : *names)
    if (const std::string file = dir + "/" + name; file != path)
      static_cast<void>(os::remove_file(file).ok());
}

std::string RoundDriver::answers_path(const proofs::RoundId& id) const {
  return parts_.dir + "/answers/" + std::to_string(id.epoch.value()) + "-" +
         std::to_string(id.round.value());
}

void RoundDriver::set_gate(const ledger::Reader& state, const RoundView& view) {
  if (work_->gate == view.record.phase) return;
  switch (view.record.phase) {
    case RoundPhase::kFreeze:
      parts_.gate.freeze();
      break;
    case RoundPhase::kCommit: {
      std::set<base::BlobId> drawn;
      for (const auto& blob : rounds::draw_of(state, view).blobs) drawn.insert(blob.blob_id);
      parts_.gate.commit(std::move(drawn));
      break;
    }
    default:
      parts_.gate.open();
      break;
  }
  work_->gate = view.record.phase;
}

// Between two slivers: the gate follows the state though the prover is still reading.
bool RoundDriver::still_asked() {
  if (stopping_) return false;
  const auto state = parts_.state();
  const auto view = rounds::open_round(*state, parts_.chain);
  if (!view || view->id != work_->id) return false;
  set_gate(*state, *view);
  return true;
}

ledger::TallyRecord RoundDriver::own_tally(const Now& now) const {
  return rounds::tally_of(now.state, now.view, parts_.self);
}

void RoundDriver::act(const Now& now) {
  const RoundPhase phase = now.view.record.phase;
  if (phase == RoundPhase::kFreeze) return reveal(now);
  answer(now);
  if (phase == RoundPhase::kCommit || stopping_) return;
  if (!work_->verifier)
    work_->verifier.emplace(parts_, *work_->place, now.params.verify, stopping_);
  publish(now);
  // A commit that has just been made must not wait for peers.
  tend(now.ms);
  const std::uint64_t before = work_->verifier->false_openings();
  work_->verifier->pass(now.state, now.view, now.ms);
  {
    const std::lock_guard lock(mutex_);
    stats_.false_openings += work_->verifier->false_openings() - before;
  }
  report_row(now);
  prove_self(now);
}

// ---- Statements ----

void RoundDriver::put(const Slot& slot, const base::Hash& seed, const proofs::Body& body) {
  const proofs::Header header{slot.kind, parts_.chain, slot.epoch, slot.round, seed, parts_.self};
  const auto done = outbox_.put(slot, header, body);
  if (!done.ok()) parts_.tell("a statement was not signed: " + done.error().text);
}

void RoundDriver::reveal(const Now& now) {
  const auto& id = now.view.id;
  const Slot slot{id.epoch, id.round, proofs::Kind::kBeaconReveal, 0};
  if (outbox_.has(slot) || own_tally(now).revealed) return;
  WALD_CHECK(parts_.gate.mode() != storage::ReadGate::Mode::kOpen);
  const auto alpha = proofs::reveal_alpha(now.view.record.prev, id);
  put(slot, now.view.record.prev, proofs::BeaconReveal{parts_.vrf.prove(alpha.view())});
}

void RoundDriver::answer(const Now& now) {
  if (work_->answers) return;
  const ledger::TallyRecord own = own_tally(now);
  const bool committed = own.committed;
  if (now.view.record.phase == RoundPhase::kInspect && !committed) return;
  const auto& id = now.view.id;
  if (auto kept = load_answers(answers_path(id), now.view.record.points))
    work_->answers = std::make_shared<const prove::Answers>(*std::move(kept));
  else if (!prove(now))
    return;
  if (committed && own.root != work_->answers->root())
    parts_.tell("the answers to a committed root are lost: this round's leaves cannot be opened");
  if (!committed)
    put({id.epoch, id.round, proofs::Kind::kResponseCommit, 0}, now.view.record.seed,
        work_->answers->commit());
}

bool RoundDriver::prove(const Now& now) {
  auto proved = prove_round(now.view, rounds::draw_of(now.state, now.view), *work_->place,
                            parts_.codec, parts_.store, [this] { return still_asked(); });
  if (!proved) return false;
  const std::string path = answers_path(now.view.id);
  auto saved = os::make_dirs(os::parent_dir(path), 0700);
  if (saved.ok()) saved = save_answers(path, proved->answers);
  if (!saved.ok()) {
    // Not committed to what might be gone: the next step tries again.
    parts_.tell("answers of a round were not saved: " + saved.error().text);
    return false;
  }
  {
    const std::lock_guard lock(mutex_);
    ++stats_.answered;
    stats_.damaged += proved->damaged;
  }
  if (proved->damaged > 0 && parts_.repair) parts_.repair();
  work_->answers = std::make_shared<const prove::Answers>(std::move(proved->answers));
  return true;
}

void RoundDriver::publish(const Now& now) {
  ServedRound served{now.view, rounds::assignment_of(now.view), *work_->place, nullptr,
                     {},       work_->verifier->openings()};
  const auto tallies = rounds::all_tallies(now.state, now.view);
  for (std::uint16_t i = 0; i < tallies.size(); ++i)
    if (tallies[i].committed) served.roots.emplace(i, tallies[i].root);
  const auto& own = tallies[*work_->place];
  if (work_->answers && own.committed && own.root == work_->answers->root())
    served.answers = work_->answers;
  exchange_.serve(std::make_shared<const ServedRound>(std::move(served)));
}

void RoundDriver::report_row(const Now& now) {
  const auto& id = now.view.id;
  const auto kind = proofs::Kind::kRowReport;
  const std::size_t members = now.view.committee.members.size();
  const Verifier& verifier = *work_->verifier;
  const std::uint16_t seq = outbox_.taken(id.epoch, id.round, kind);
  std::vector<bool> news = verifier.verified(members);
  const auto earlier = outbox_.statements(id.epoch, id.round, kind);
  for (const auto& [number, bytes] : earlier) {
    const auto row = proofs::parse_statement(bytes, base::narrow<std::uint16_t>(members));
    WALD_CHECK(row.ok());  // written here, for this committee
    const auto& said = std::get<proofs::RowReport>(row->body).verified;
    for (std::size_t i = 0; i < members; ++i)
      if (said[i]) news[i] = false;
  }
  const bool inspect = now.view.record.phase == RoundPhase::kInspect;
  if (seq >= (inspect ? kRows : kRowsInVerify)) return;
  const bool late = inspect || verify_past(now.state, now.view, now.params, 2, 3);
  const std::vector<bool> missing = verifier.missing(members);
  const bool first = earlier.empty() && !inspect && (late || !any(missing));
  const bool more = any(news) && late && verifier.settled();
  if (!first && !more) return;
  proofs::RowReport row;
  row.seq = seq;
  row.pi2 = parts_.vrf.prove(proofs::row_alpha(now.view.record.seed, id).view());
  row.verified = verifier.verified(members);
  row.missing = missing;
  row.leaky.resize(members);
  std::vector<proofs::VerifiedRoot> digest;
  for (const auto& [prover, root] : verifier.roots())
    if (row.verified[prover]) digest.push_back({prover, root});
  row.rows_digest = proofs::rows_digest(digest);
  put({id.epoch, id.round, kind, seq}, now.view.record.seed, row);
}

void RoundDriver::prove_self(const Now& now) {
  const auto& view = now.view;
  if (view.record.phase == RoundPhase::kVerify && !verify_past(now.state, view, now.params, 5, 6))
    return;
  const ledger::TallyRecord own = own_tally(now);
  if (!own.committed || !work_->answers || own.root != work_->answers->root()) return;
  const auto tallies = rounds::all_tallies(now.state, view);
  if (rounds::confirmation_of(view, tallies, *work_->place).confirmed) return;
  const auto kind = proofs::Kind::kSelfProof;
  std::size_t in_flight = 0;
  const auto proven = [&](const std::vector<std::uint16_t>& leaves) {
    return std::includes(own.proven.begin(), own.proven.end(), leaves.begin(), leaves.end());
  };
  for (const auto& [seq, bytes] : outbox_.statements(view.id.epoch, view.id.round, kind))
    if (!proven(self_proof_leaves(bytes))) ++in_flight;
  const auto cut = self_proof_cut(*work_->answers, view.shards);
  for (std::uint16_t seq = 0; seq < cut.size() && in_flight < kSelfInFlight; ++seq) {
    const Slot slot{view.id.epoch, view.id.round, kind, seq};
    if (outbox_.has(slot) || proven(cut[seq])) continue;
    auto body = self_proof_body(view, rounds::draw_of(now.state, view), *work_->place,
                                *work_->answers, cut[seq], parts_.store);
    if (body.openings.empty()) continue;
    put(slot, view.record.seed, body);
    ++in_flight;
  }
}

void RoundDriver::attest_pending(const ledger::Reader& state) {
  std::optional<base::Epoch> epoch;
  {
    const std::lock_guard lock(mutex_);
    epoch = std::exchange(attest_, std::nullopt);
  }
  const Slot slot{epoch.value_or(base::Epoch()), base::Round(proofs::kNoRound),
                  proofs::Kind::kAttestSync, 0};
  if (!epoch || outbox_.has(slot)) return;
  if (fate_of(state, parts_.chain, parts_.self, slot, {}) != Fate::kPending) return;
  put(slot, base::Hash(), proofs::AttestSync{});
}

void RoundDriver::tend(std::uint64_t now_ms) {
  const auto state = parts_.state();
  std::uint64_t sent = 0;
  outbox_.tend(
      now_ms,
      [&](const Slot& slot, base::ByteView statement) {
        return fate_of(*state, parts_.chain, parts_.self, slot, statement);
      },
      [&](const Slot& slot, base::ByteView statement) {
        ++sent;
        parts_.submit(statement_envelope(*state, parts_.chain, slot.kind, statement));
      });
  const std::lock_guard lock(mutex_);
  stats_.sent += sent;
}

}  // namespace wald::audit
