// SPDX-License-Identifier: Apache-2.0
// I26: what certified a blob still stands under the committee of its epoch: a bit for each member
// and none more, a signature for each bit, and a quorum of shards; of a batch once for all, under
// the hash of what was signed. The signatures themselves are checked again by a replay.
#include <bit>

#include "codec/base/bitmap.h"
#include "ledger/laws/support.h"
#include "proofs/certificate.h"

namespace wald::ledger::laws {
namespace {

class Certificates final : public LawOf<Certificates> {
 public:
  std::string_view id() const override { return "I26"; }
  bool wants(std::uint8_t table) const override { return table == kCertificates.prefix; }

  void visit(std::uint8_t, base::ByteView key, Value before, Value after) override {
    const auto now = decoded<CertificateRecord>(after);
    ++seen_;
    if (before && after) broken_ = "a certificate was replaced";
    if (now) kept_.emplace_back(id_at<base::ObjectId>(key), *now);
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (broken_ || kept_.empty()) return broken_;
    const auto shards = base::narrow<std::uint32_t>(load_params(delta.after).shards);
    for (const auto& [object, record] : kept_)
      if (auto flaw = flaw_of(delta.after, object, record, shards))
        return "the certificate of blob " + shown(object.view()) + " has " + *flaw;
    return std::nullopt;
  }

 private:
  static std::optional<std::string> flaw_of(const Reader& state, const base::ObjectId& object,
                                            const CertificateRecord& record, std::uint32_t shards) {
    const auto blob = load(state, kBlobs, object);
    if (!blob || blob->certified != record.epoch) return "no blob that was certified by it";
    const auto message = proofs::decode_message(record.message);
    if (!message || message->epoch != record.epoch) return "the message of another epoch";
    base::Bytes bitmap = record.bitmap, signatures = record.signatures;
    if (bitmap.empty()) {
      const auto batch = load(state, kBatches, base::blake2b(record.message));
      if (!batch || !names(*batch, object, *blob)) return "no batch that names it";
      bitmap = batch->bitmap;
      signatures = batch->signatures;
    } else {
      const auto* body = std::get_if<proofs::StorageConfirmation>(&message->body);
      if (body == nullptr || body->blob != blob->blob_id) return "the message of another blob";
    }
    const auto committee = load(state, kCommittees, record.epoch);
    if (!committee || bitmap.size() != (committee->members.size() + 7) / 8)
      return std::to_string(bitmap.size()) + " bytes of bitmap";
    std::size_t signers = 0;
    for (const std::uint8_t byte : bitmap) signers += static_cast<std::size_t>(std::popcount(byte));
    std::size_t members = 0;
    std::uint32_t weight = 0;
    for (std::size_t i = 0; i < committee->members.size(); ++i) {
      if (!base::bit_at(bitmap, i)) continue;
      ++members;
      weight += base::narrow<std::uint32_t>(committee->members[i].shards.size());
    }
    if (signers != members) return "a bit past the last member";
    if (signatures.size() != signers * sizeof(proofs::Signature))
      return std::to_string(signatures.size()) + " bytes of signatures for " +
             std::to_string(signers) + " signers";
    if (!proofs::reaches(proofs::Threshold::kQuorum, weight, shards))
      return std::to_string(weight) + " of " + std::to_string(shards) + " shards";
    return std::nullopt;
  }

  static bool names(const BatchRecord& batch, const base::ObjectId& object,
                    const BlobRecord& blob) {
    for (const BatchEntry& entry : batch.entries)
      if (entry.blob_id == blob.blob_id && (!entry.object || *entry.object == object)) return true;
    return false;
  }

  std::vector<std::pair<base::ObjectId, CertificateRecord>> kept_;
  std::optional<std::string> broken_;
};

}  // namespace

std::unique_ptr<Law> certificates() { return std::make_unique<Certificates>(); }

}  // namespace wald::ledger::laws
