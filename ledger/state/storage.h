// SPDX-License-Identifier: Apache-2.0
// Storage: the ring of epochs sold, resources, blobs with what hangs on them, certificates, the
// proof index (L-1 to L-15, S-4, O-11).
#pragma once

#include "ledger/state/record.h"

namespace wald::ledger {

// One epoch that can be sold (S-4); what was paid for it waits here until that epoch closes.
struct RingSlot {
  std::uint64_t used = 0;  // bytes
  Held money;
  Noted sold;  // the part of money that came from purchases
};
WALD_RECORD(RingSlot, used, money, sold);

// Prices and capacity in force (V-3, V-4); one record.
struct MarketRecord {
  Noted storage_price;
  Noted write_price;
  std::uint64_t capacity = 0;
  bool priced = false;  // a committee's votes have set them once
};
WALD_RECORD(MarketRecord, storage_price, write_price, capacity, priced);

// The right to store `size` encoded bytes in [start, end) (S-5).
struct ResourceRecord {
  base::AccountId owner;
  base::Epoch start;
  base::Epoch end;
  std::uint64_t size = 0;
};
WALD_RECORD(ResourceRecord, owner, start, end, size);

// What anybody may pay into and prolong a shared blob from (L-10).
struct BlobFund {
  Held money;
  Noted price_limit;       // FROST per unit and epoch up to which it pays
  base::AccountId refund;  // gets the rest at the end
};
WALD_RECORD(BlobFund, money, price_limit, refund);

// A blob object with its resource inside; the resource keeps its id and returns under it (U-9).
struct BlobRecord {
  base::AccountId owner;
  base::BlobId blob_id;
  std::uint64_t length = 0;  // of the file
  bool deletable = false;
  base::Epoch registered;
  std::optional<base::Epoch> certified;
  base::ObjectId resource_id;
  base::Epoch start;  // of the resource
  base::Epoch end;
  std::uint64_t size = 0;  // of the resource
  std::optional<BlobFund> fund = std::nullopt;
  // Of one inside a bucket, which has owner, resource and epochs for it: those are zero here.
  std::optional<base::ObjectId> bucket = std::nullopt;
  std::uint32_t attributes = 0;       // how many it has
  std::uint32_t attribute_bytes = 0;  // keys and values together
};
WALD_RECORD(BlobRecord, owner, blob_id, length, deletable, registered, certified, resource_id,
            start, end, size, fund, bucket, attributes, attribute_bytes);

// One resource with many blobs inside (L-12).
struct BucketRecord {
  base::AccountId owner;
  base::ObjectId resource_id;
  base::Epoch start;
  base::Epoch end;
  std::uint64_t size = 0;
  std::uint64_t used = 0;                          // encoded bytes of the blobs inside
  std::uint64_t certified = 0;                     // the part of it that is certified
  std::uint32_t count = 0;                         // of blobs
  std::map<base::AccountId, std::uint8_t> rights;  // of others: bits of BucketRight
};
WALD_RECORD(BucketRecord, owner, resource_id, start, end, size, used, certified, count, rights);

// The one object of a blob id inside a bucket.
struct InsideRecord {
  base::ObjectId object;
};
WALD_RECORD(InsideRecord, object);

// One attribute of a blob object, under its key (L-11).
struct AttributeRecord {
  std::string value;
};
WALD_RECORD(AttributeRecord, value);

// L-15: what all objects of one blob id come to.
struct BlobIdRecord {
  std::uint64_t length = 0;
  std::uint32_t permanent = 0;  // objects, registered or certified
  std::uint32_t permanent_certified = 0;
  std::uint32_t deletable = 0;
  std::uint32_t deletable_certified = 0;
  std::uint32_t bucketed = 0;  // of the permanent ones, inside buckets
  // Largest of the permanent ones; those in buckets count with the end at their registration or
  // certification, though a bucket may live longer since.
  base::Epoch permanent_end;
  std::optional<base::Epoch> first_certified;
  base::TimeMs first_certified_at;
  std::uint64_t certified_event = 0;  // number of that event
  base::TxId certified_tx;
  std::optional<std::uint64_t> leaf;  // its place in the proof index while eligible or waiting
  bool invalid = false;               // for ever (L-13)
  std::uint64_t invalid_event = 0;    // number of the event that says so
  base::TxId invalid_tx;
  std::optional<base::Epoch>
      denied;  // when members first said it was deleted by a deny list (L-14)
};
WALD_RECORD(BlobIdRecord, length, permanent, permanent_certified, deletable, deletable_certified,
            bucketed, permanent_end, first_certified, first_certified_at, certified_event,
            certified_tx, leaf, invalid, invalid_event, invalid_tx, denied);

// What certified one blob object. Bitmap and signatures are empty where they certified a batch: a
// BatchRecord under the hash of the message has them.
struct CertificateRecord {
  base::Epoch epoch;
  base::Bytes message;
  base::Bytes bitmap;
  base::Bytes signatures;  // 64 bytes each
};
WALD_RECORD(CertificateRecord, epoch, message, bitmap, signatures);

// A certificate of many blobs (L-7), kept while one object that it certified lives.
struct BatchEntry {
  base::BlobId blob_id;
  std::optional<base::ObjectId> object;  // of a deletable one
  friend auto operator<=>(const BatchEntry&, const BatchEntry&) = default;
};
WALD_RECORD(BatchEntry, blob_id, object);
struct BatchRecord {
  std::uint32_t objects = 0;  // certified by it and there
  base::Bytes bitmap;
  base::Bytes signatures;
  std::vector<BatchEntry> entries;  // all that was signed
};
WALD_RECORD(BatchRecord, objects, bitmap, signatures, entries);

struct ExpiryRecord {};
WALD_EMPTY_RECORD(ExpiryRecord);

// A node of the Merkle-sum tree over certified blobs (O-11); level 0 are leaves. What is not stored
// is the node over leaves of which none is eligible.
struct IndexNode {
  base::Hash hash;
  std::uint64_t units = 0;
  std::uint64_t count = 0;
  base::BlobId blob_id;       // of a leaf, else zeros
  std::uint64_t length = 0;   // of a leaf: bytes of the file
  std::uint64_t encoded = 0;  // of a leaf: encoded bytes
};
WALD_RECORD(IndexNode, hash, units, count, blob_id, length, encoded);

// A change that waits: for the blob's grace time, or for the draw of an open round (O-7, O-11).
// Keyed by the time from which it is due and a running number.
struct IndexChange {
  std::uint64_t leaf = 0;
  bool eligible = false;  // becomes so, or stops being so
  base::BlobId blob_id;
  std::uint64_t length = 0;
  std::uint64_t encoded = 0;
};
WALD_RECORD(IndexChange, leaf, eligible, blob_id, length, encoded);

struct IndexTop {
  std::uint64_t numbered = 0;  // leaf numbers handed out
  std::uint64_t leaves = 0;    // of them in the tree: all, but while a draw is awaited
  std::uint8_t depth = 0;
  base::Hash root;  // O-11, with depth and sums hashed in
  std::uint64_t units = 0;
  std::uint64_t count = 0;
  std::uint64_t stored = 0;       // encoded bytes of all eligible leaves
  std::uint64_t next_change = 0;  // number of the next waiting change
};
WALD_RECORD(IndexTop, numbered, leaves, depth, root, units, count, stored, next_change);

}  // namespace wald::ledger
