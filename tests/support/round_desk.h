// SPDX-License-Identifier: Apache-2.0
// What the members of a round say about it, as it stands in a state: reveals, commits with answers
// that hold, rows, and answers laid open on the ledger. Blobs are small, their slivers noise under
// real hashes. Nothing is sent here.
#pragma once

#include <functional>
#include <set>

#include "codec/shape/commitment.h"
#include "ledger/rounds/view.h"
#include "proofs/prove/reveal.h"
#include "proofs/prove/signer.h"
#include "specs/proto/tx.pb.h"

namespace wald::tests {

// n x 2 slivers of n symbols each; symbols are hashes cut to the symbol size.
class SmallBlob {
 public:
  SmallBlob(const shape::Params& params, std::uint64_t number, std::uint64_t length);
  const base::BlobId& id() const { return metadata_.blob_id; }
  std::uint64_t length() const { return metadata_.len; }
  std::uint64_t encoded_length() const;
  // Of the pairs of slivers: what is registered.
  base::Hash root() const { return shape::pairs_tree(metadata_.pairs).root(); }
  base::Bytes symbol(shape::Axis axis, std::uint32_t pair, std::uint32_t index) const;
  std::vector<base::Hash> symbol_path(shape::Axis axis, std::uint32_t pair,
                                      std::uint32_t index) const;
  const shape::PairEntry& entry(std::uint32_t pair) const { return metadata_.pairs.at(pair); }
  std::vector<base::Hash> entry_path(std::uint32_t pair) const;

 private:
  base::MerkleTree make_sliver(shape::Axis axis, std::uint32_t pair) const;
  shape::Params params_;
  std::uint64_t number_;
  std::uint32_t symbol_size_;
  std::vector<base::MerkleTree> slivers_;  // primary and secondary of each pair
  shape::Metadata metadata_;
};

// A member by its place in the committee, with its keys.
struct Seat {
  std::uint16_t place;
  const prove::Signer& signer;
  const prove::VrfSecret& vrf;
};

// What a member says of leaves that it does not answer.
struct LeavesNamed {
  std::vector<std::uint16_t> unavailable{};
  std::vector<std::uint16_t> denied{};
};

class RoundDesk {
 public:
  using Named = LeavesNamed;
  using Blobs = std::function<const SmallBlob&(const base::BlobId&)>;
  // The proof that a blob is on the deny list of the member at this place.
  using Denials = std::function<base::Bytes(std::size_t place, const base::BlobId&)>;
  // The state outlives the desk.
  RoundDesk(const ledger::Reader& state, ledger::rounds::RoundView view, Blobs blobs,
            Denials denials = {})
      : state_(state),
        view_(std::move(view)),
        blobs_(std::move(blobs)),
        denials_(std::move(denials)) {}

  const ledger::rounds::RoundView& view() const { return view_; }
  std::size_t members() const { return view_.committee.members.size(); }
  ledger::TallyRecord tally(std::size_t place) const;

  // `edit` may spoil the header before it is signed.
  using Edit = std::function<void(proofs::Header&)>;
  proofs::Header header(std::size_t place, proofs::Kind kind) const;
  spec::Operation reveal(const Seat& seat, const Edit& edit = {}) const;
  spec::Operation commit(const Seat& seat, const Named& named = {}, const Edit& edit = {}) const;
  proofs::RowReport row_body(const Seat& seat, const std::set<std::size_t>& verified) const;
  spec::Operation row(const Seat& seat, const std::set<std::size_t>& verified,
                      const Edit& edit = {}) const;
  spec::Operation self_proof(const Seat& seat, const std::vector<std::uint16_t>& leaves,
                             const Edit& edit = {}) const;
  // All leaves a member commits to, and some of them laid open.
  std::vector<base::Bytes> answers(std::size_t place, const Named& named) const;
  std::vector<proofs::LedgerOpening> openings(std::size_t place,
                                              const std::vector<std::uint16_t>& leaves) const;

 private:
  spec::Operation sealed(const Seat& seat, proofs::Kind kind, const proofs::Body& body,
                         const Edit& edit) const;
  const ledger::Reader& state_;
  ledger::rounds::RoundView view_;
  Blobs blobs_;
  Denials denials_;
};

spec::Operation operation_of(proofs::Kind kind, base::ByteView statement);

}  // namespace wald::tests
