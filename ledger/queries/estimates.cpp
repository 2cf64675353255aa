// SPDX-License-Identifier: Apache-2.0
// What would be: the next committee by today's stake, the cost of storage. Asked of the functions
// that do it, on copies.
#include "economics/pricing.h"
#include "ledger/blobs.h"
#include "ledger/queries.h"
#include "ledger/queries/projection.h"

namespace wald::ledger::queries {
namespace {

base::Err<Refused> refused(Code code) { return base::Err{Refused{code, {}}}; }

// The sums of a purchase, as both estimates name them.
template <class Estimate>
void tell_sums(const economics::PurchaseTerms& terms, const economics::Purchase& bought,
               Estimate& out) {
  out.set_size(terms.size);
  out.set_units(economics::units(terms.size).value());
  out.set_storage_price(terms.price);
  out.set_per_epoch(bought.per_epoch.value());
  out.set_total(bought.total.value());
  out.set_subsidy(bought.buyer_part.value());
  out.set_cost(bought.paid.value());
  WALD_CHECK(bought.buyer_part.value() + bought.paid.value() == bought.total.value());
}

base::Result<spec::ExtensionEstimate, Refused> extension(const Reader& state, const Params& params,
                                                         base::Epoch now, const Prolonged& what) {
  TRY_ASSIGN(const Offer asked, extension_of(state, params, now, what));
  TRY_ASSIGN(const Bought bought, try_purchase(state, params, asked.ring, asked.terms));
  spec::ExtensionEstimate out;
  tell_sums(asked.terms, bought.sums, out);
  out.set_start(what.end.value());
  out.set_end(asked.until.value());
  return out;
}

}  // namespace

std::optional<spec::Committee> projected_committee(const Reader& state,
                                                   const base::ChainId& chain) {
  const base::Epoch target = next_unchosen(must_load(state, kChain).clock);
  const Projection seen = project(state, chain, load_params(state), target);
  if (seen.choice.committee.members.empty()) return std::nullopt;
  return committee_of(state, target, seen.choice.committee);
}

base::Result<spec::StorageEstimate, Refused> estimate_storage(const Reader& state,
                                                              std::uint64_t size, base::Epoch start,
                                                              base::Epoch end) {
  const base::Epoch now = must_load(state, kChain).clock.epoch;
  const Params params = load_params(state);
  const MarketRecord market = must_load(state, kMarket);
  const base::Epoch from = std::max(start, now);
  const economics::Ring ring = load_ring(state, now, params.economics.horizon);
  const auto range = economics::slots_of(ring, from, end);
  if (!range.ok()) return base::Err{from_economics(range.error())};
  const economics::PurchaseTerms terms{
      size,           *range, std::nullopt, std::nullopt, market.storage_price.amount().value(),
      market.capacity};
  TRY_ASSIGN(const Bought bought, try_purchase(state, params, ring, terms));
  const auto write = economics::write_fee(size, market.write_price.amount().value());
  if (!write.ok()) return base::Err{from_economics(write.error())};
  spec::StorageEstimate out;
  tell_sums(terms, bought.sums, out);
  out.set_start(from.value());
  out.set_end(end.value());
  out.set_write_fee(write->value());
  return out;
}

base::Result<spec::ExtensionEstimate, Refused> estimate_blob_extension(const Reader& state,
                                                                       const base::ObjectId& blob,
                                                                       std::uint32_t epochs) {
  const base::Epoch now = must_load(state, kChain).clock.epoch;
  const Params params = load_params(state);
  const auto record = load(state, kBlobs, blob);
  if (!record) return refused(spec::UNKNOWN_OBJECT);
  if (record->bucket) return base::Err{Refused{spec::BAD_FIT, {{"reason", "IN_BUCKET"}}}};
  if (!record->certified) return refused(spec::NOT_CERTIFIED);
  if (record->end <= now) return refused(spec::BLOB_ENDED);
  const auto counts = load(state, kBlobIds, record->blob_id);
  if (counts && counts->invalid) return refused(spec::BLOB_INVALID);
  TRY_ASSIGN(spec::ExtensionEstimate out,
             extension(state, params, now, prolonged(params, *record, epochs)));
  out.set_blob(text_of(blob));
  return out;
}

base::Result<spec::ExtensionEstimate, Refused> estimate_bucket_extension(
    const Reader& state, const base::ObjectId& bucket, std::uint32_t epochs) {
  const base::Epoch now = must_load(state, kChain).clock.epoch;
  const auto record = load(state, kBuckets, bucket);
  if (!record) return refused(spec::UNKNOWN_OBJECT);
  if (record->end <= now) return refused(spec::BLOB_ENDED);
  TRY_ASSIGN(spec::ExtensionEstimate out,
             extension(state, load_params(state), now, prolonged(*record, epochs)));
  out.set_bucket(text_of(bucket));
  return out;
}

}  // namespace wald::ledger::queries
