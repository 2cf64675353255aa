// SPDX-License-Identifier: Apache-2.0
// A BlobLedger over the hand-written state of tests/node/storage/rig.h: registrations and
// certificates take effect in it at once, certificates are judged by the real rule (L-5).
#pragma once

#include "codec/shape/accounting.h"
#include "economics/pricing.h"
#include "ledger/signing.h"
#include "node/client/blob_ledger.h"
#include "proofs/certificate.h"
#include "tests/node/storage/rig.h"

namespace wald::tests {

class HandLedger : public client::BlobLedger {
 public:
  explicit HandLedger(Rig& rig) : rig_(rig) {}

  base::ChainId chain() override { return rig_.chain; }
  client::Outcome<client::CommitteeView> committee() override { return view(epoch()); }
  client::Outcome<client::CommitteeView> previous_committee() override { return view(epoch() - 1); }
  client::Outcome<spec::StoragePrices> prices() override {
    spec::StoragePrices out;
    out.set_storage_price(10);
    out.set_write_price(7);
    return out;
  }
  client::Outcome<std::vector<spec::Resource>> resources() override { return free; }
  client::Outcome<std::vector<spec::BlobObject>> blobs() override { return objects; }
  client::Outcome<spec::Bucket> bucket(const base::ObjectId& id) override {
    if (base::as_text(id.view()) != one_bucket.id())
      return client::fail(client::Exit::kNotFound, "BUCKET_NOT_FOUND", "no such bucket");
    return one_bucket;
  }
  client::Outcome<std::vector<spec::BlobObject>> blobs_in(const base::ObjectId&) override {
    return inside;
  }

  client::Outcome<base::TxId> submit(const spec::Operation& operation) override {
    ++submits;
    base::TxId id = id_of<base::TxId>(static_cast<std::uint8_t>(submits));
    if (operation.has_certify_blob()) {
      if (before_certify) std::exchange(before_certify, nullptr)();
      TRY(certify(operation.certify_blob()));
      return id;
    }
    std::uint32_t made = 0;
    std::uint32_t end = 0;
    const spec::RegisterBlob* registers = &operation.register_blob();
    if (operation.has_batch()) {
      WALD_CHECK(operation.batch().atomic() && operation.batch().operations_size() == 2);
      end = operation.batch().operations(0).reserve_storage().end();
      registers = &operation.batch().operations(1).register_blob();
      WALD_CHECK(registers->resource() == std::string(32, '\0'));
      made = 1;
    } else if (registers->has_bucket()) {
      end = one_bucket.end();
      WALD_CHECK(registers->bucket() == one_bucket.id() && !registers->has_resource());
    } else {
      end = free.at(0).end();
      WALD_CHECK(registers->resource() == free.at(0).id());
    }
    last_registration = operation;
    enter(*registers, ledger::object_id(id, made), end);
    return id;
  }

  std::vector<spec::Resource> free;
  std::vector<spec::BlobObject> objects;
  spec::Bucket one_bucket;
  std::vector<spec::BlobObject> inside;  // it
  spec::Operation last_registration;
  std::function<void()> before_certify;
  int submits = 0;

 private:
  std::uint32_t epoch() const { return rig_.node(0).registry().now().epoch().value(); }

  client::CommitteeView view(std::uint32_t epoch) {
    client::CommitteeView out;
    out.epoch = base::Epoch(epoch);
    const auto moment = rig_.node(0).registry().now();
    const auto table = moment.committee(out.epoch);
    if (table->members.empty()) return out;
    out.shards = rig_.codec().params().n();
    for (const auto& member : table->members)
      out.members.push_back({member.node, member.key, moment.address(member.node), member.shards});
    return out;
  }

  void enter(const spec::RegisterBlob& message, const base::ObjectId& object, std::uint32_t end) {
    const auto blob = base::BlobId::from(base::as_bytes(message.blob_id()));
    const auto root = base::Hash::from(base::as_bytes(message.root()));
    WALD_CHECK(shape::blob_id(root, message.length()) == blob);  // L-4
    ledger::BlobIdRecord record;
    record.length = message.length();
    ++(message.deletable() ? record.deletable : record.permanent);
    record.permanent_end = base::Epoch(end);
    rig_.state.set_blob(blob, record);
    ledger::BlobRecord entry;
    entry.blob_id = blob;
    entry.deletable = message.deletable();
    entry.end = base::Epoch(end);
    rig_.state.change(
        [&](ledger::Overlay& out) { ledger::save(out, ledger::kBlobs, entry, object); });
    spec::BlobObject shown;
    shown.set_id(base::string_of(object.view()));
    shown.set_blob_id(message.blob_id());
    shown.set_end(end);
    shown.set_deletable(message.deletable());
    (message.has_bucket() ? inside : objects).push_back(shown);
  }

  client::Outcome<void> certify(const spec::CertifyBlob& message) {
    proofs::Certificate certificate;
    const auto bytes = [](const std::string& text) {
      return base::Bytes(text.begin(), text.end());
    };
    certificate.message = bytes(message.certificate().message());
    certificate.bitmap = bytes(message.certificate().bitmap());
    for (const std::string& text : message.certificate().signatures()) {
      proofs::Signature signature{};
      std::copy(text.begin(), text.end(), signature.begin());
      certificate.signatures.push_back(signature);
    }
    std::vector<proofs::CertMember> members;
    for (const auto& member : view(epoch()).members)
      members.push_back({member.key, static_cast<std::uint16_t>(member.shards.size())});
    const auto judged = proofs::verify_certificate(
        certificate, rig_.chain, base::Epoch(epoch()), members, rig_.codec().params().n(),
        proofs::MessageType::kStorageConfirmation, proofs::Threshold::kQuorum);
    if (!judged.ok())
      return client::fail(
          client::Exit::kRejected,
          judged.error() == proofs::CertificateError::kEpoch ? "CERT_EPOCH" : "CERT_WEIGHT",
          "refused");
    const auto& body = std::get<proofs::StorageConfirmation>(judged->body);
    for (spec::BlobObject& object : objects)
      if (object.id() == message.blob()) {
        WALD_CHECK(object.deletable() == body.object.has_value());
        object.set_certified(epoch());
      }
    return {};
  }

  Rig& rig_;
};

}  // namespace wald::tests
