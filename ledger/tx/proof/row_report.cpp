// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/proof/row_report.h"

#include <algorithm>

#include "codec/base/bitmap.h"
#include "proofs/attest.h"

namespace wald::ledger::tx {
namespace {

constexpr std::size_t kRows = 4;  // per member and round (O-28)

bool proves_row(const InRound& in, const proofs::VrfProof& pi) {
  return proofs::vrf_verify(in.author().vrf_key,
                            proofs::row_alpha(in.view.record.seed, in.view.id).view(), pi)
      .has_value();
}

// The body; nothing where its bitmaps are not of this committee or it says what rows do not say.
std::optional<proofs::RowReport> body_of(const RawStatement& raw, const InRound& in) {
  const auto members = base::narrow<std::uint16_t>(in.view.committee.members.size());
  const auto whole = proofs::parse_statement(raw.bytes, members);
  if (!whole.ok()) return std::nullopt;
  const auto& body = std::get<proofs::RowReport>(whole->body);
  const bool leaky = std::find(body.leaky.begin(), body.leaky.end(), true) != body.leaky.end();
  if (leaky || !body.demands.empty()) return std::nullopt;
  return body;
}

// Each bit stands for one root, and the row's author saw the same one as the ledger.
bool digest_holds(const Reader& state, const InRound& in, const proofs::RowReport& body) {
  std::vector<std::optional<base::Hash>> roots;
  for (std::size_t i = 0; i < in.view.committee.members.size(); ++i) {
    roots.emplace_back();
    if (!body.verified[i]) continue;
    const TallyRecord tally = rounds::tally_of(state, in.view, in.view.committee.members[i].node);
    if (tally.committed) roots.back() = tally.root;
  }
  return proofs::expected_rows_digest(body.verified, roots) == body.rows_digest;
}

std::uint32_t count_bits(const std::vector<bool>& bits) {
  return base::narrow<std::uint32_t>(std::count(bits.begin(), bits.end(), true));
}

// What the author's rows say together (O-19).
void merge(TallyRecord& tally, const proofs::RowReport& row, std::size_t members) {
  proofs::RowReport earlier;
  earlier.verified = base::bits_of(tally.verified, members);
  earlier.missing = base::bits_of(tally.missing, members);
  earlier.leaky.resize(members);
  const proofs::RowReport merged = proofs::merge_rows(earlier, row);
  tally.verified = base::bitmap_of(merged.verified);
  tally.missing = base::bitmap_of(merged.missing);
}

}  // namespace

Parsed<RowReport> RowReport::parse(const Message& message) {
  TRY_ASSIGN(RawStatement raw, parse_raw(message.statement(), proofs::Kind::kRowReport));
  return RowReport{std::move(raw)};
}

base::Result<void, Dropped> RowReport::admit(const Context& view) const {
  TRY_ASSIGN(const InRound in,
             find_in_round(view, raw.header, {RoundPhase::kVerify, RoundPhase::kInspect}));
  const auto body = body_of(raw, in);
  if (!body) return malformed("statement");
  if (!digest_holds(view.state(), in, *body)) return malformed("rows_digest");
  const auto& keys = in.tally.row_keys;
  if (std::find(keys.begin(), keys.end(), proofs::statement_key(raw.bytes)) != keys.end())
    return dropped(spec::REPEATED);
  if (keys.size() >= kRows) return dropped(spec::QUOTA);
  if (!proofs::verify_statement(raw.bytes, in.author().protocol_key))
    return dropped(spec::BAD_SIGNATURE);
  if (!proves_row(in, body->pi2)) return dropped(spec::BAD_VRF);
  return {};
}

void RowReport::apply(Context& ctx) const {
  InRound in = must_find(ctx, raw.header);
  const auto body = body_of(raw, in);
  WALD_CHECK(body.has_value());
  merge(in.tally, *body, in.view.committee.members.size());
  in.tally.row_keys.push_back(proofs::statement_key(raw.bytes));
  WALD_CHECK(in.tally.row_keys.size() <= kRows);
  in.tally.row_tx = ctx.tx();
  if (!in.tally.row_in_time && in.view.record.phase == RoundPhase::kVerify) {
    const proofs::VrfOutput beta = output_of_admitted(body->pi2);
    in.tally.row_in_time = true;
    in.tally.beta2.assign(beta.begin(), beta.end());
  }
  save_tally(ctx, in);
  spec::ProofRowReported event;
  event.set_epoch(in.view.id.epoch.value());
  event.set_round(in.view.id.round.value());
  event.set_node(text_of(raw.header.author));
  event.set_seq(body->seq);
  event.set_verified(count_bits(body->verified));
  event.set_missing(count_bits(body->missing));
  ctx.emit(event);
}

}  // namespace wald::ledger::tx
