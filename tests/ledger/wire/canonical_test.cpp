// SPDX-License-Identifier: Apache-2.0
#include "ledger/wire/canonical.h"

#include <google/protobuf/dynamic_message.h>

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "codec/base/text.h"
#include "specs/proto/code.pb.h"
#include "tests/ledger/wire/samples.h"

namespace wald::wire {
namespace {

using base::Bytes;

constexpr std::size_t kLimit = 1 << 20;

Bytes hex(std::string_view text) { return base::from_hex(text).value(); }
std::string rep(std::string_view byte, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += byte;
  return out;
}

template <class T>
Fault fault_of(const Bytes& bytes, std::size_t limit = kLimit) {
  const auto parsed = parse_canonical<T>(bytes, limit);
  REQUIRE_FALSE(parsed.ok());
  return parsed.error().fault;
}

// Burn{amount: 5} and Transfer{to: 33.., amount: 5}
const Bytes kBurn = hex("0805");
const std::string kTo = "0a20" + rep("33", 32);

TEST_CASE("canonical: a body is written and read back byte for byte", "[wire][rule:A-23]") {
  const spec::Body body = sample::transfer_body();
  const Bytes bytes = write_canonical(body);
  CHECK(base::to_hex(bytes) == "0a20" + rep("11", 32) + "1001" + "1a20" + rep("22", 32) + "2007" +
                                   "28e807" + "30e0a712" + "3a2a" + "0a28" + kTo + "1080dea0cb05");
  const auto back = parse_canonical<spec::Body>(bytes, kLimit);
  REQUIRE(back.ok());
  CHECK(back->operation().transfer().amount() == 1'500'000'000);
  CHECK(write_canonical(*back) == bytes);
}

TEST_CASE("canonical: a statement's body has chain, version and operation only",
          "[wire][rule:A-23]") {
  spec::Body body;
  body.set_chain(std::string(32, '\x11'));
  body.set_version(1);
  body.mutable_operation()->mutable_attest_sync()->set_statement(std::string(168, 'x'));
  CHECK(parse_canonical<spec::Body>(write_canonical(body), kLimit).ok());
}

TEST_CASE("canonical: every cut of a message is refused", "[wire][rule:A-23]") {
  const Bytes bytes = write_canonical(sample::transfer_body());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    CHECK_FALSE(parse_canonical<spec::Body>(cut, kLimit).ok());
  }
  CHECK(fault_of<spec::Burn>(hex("08")) == Fault::kTruncated);
  CHECK(fault_of<spec::Burn>(hex("0880")) == Fault::kTruncated);
  CHECK(fault_of<spec::Transfer>(hex("0a20" + rep("33", 31))) == Fault::kTruncated);
}

TEST_CASE("canonical: bytes after the end are read as a field and refused", "[wire][rule:A-23]") {
  CHECK(fault_of<spec::Burn>(hex("080500")) == Fault::kUnknownField);
  CHECK(fault_of<spec::Burn>(hex("08050805")) == Fault::kOrder);
}

TEST_CASE("canonical: a field twice is refused, also a message that would merge",
          "[wire][rule:A-23]") {
  CHECK(fault_of<spec::Burn>(hex("08050806")) == Fault::kOrder);
  CHECK(fault_of<spec::Transfer>(hex(kTo + kTo + "1005")) == Fault::kOrder);
  const std::string burn = "12020805";
  CHECK(fault_of<spec::Operation>(hex(burn + burn)) == Fault::kOrder);
}

TEST_CASE("canonical: fields out of order are refused", "[wire][rule:A-23]") {
  CHECK(fault_of<spec::Transfer>(hex("1005" + kTo)) == Fault::kMissing);
  CHECK(fault_of<spec::SetCommission>(hex("1005" + kTo)) == Fault::kMissing);
  // SetVotes{node, storage_price, write_price} with its last two exchanged
  CHECK(fault_of<spec::SetVotes>(hex(kTo + "18051005")) == Fault::kOrder);
}

TEST_CASE("canonical: a varint longer than needed is refused", "[wire][rule:A-23]") {
  CHECK(fault_of<spec::Burn>(hex("088500")) == Fault::kVarint);
  CHECK(fault_of<spec::Burn>(hex("880005")) == Fault::kVarint);                      // the tag
  CHECK(fault_of<spec::Transfer>(hex("0aa000" + rep("33", 32))) == Fault::kVarint);  // a length
  CHECK(fault_of<spec::Burn>(hex("08" + rep("ff", 9) + "02")) == Fault::kVarint);    // 2^64 and up
  CHECK(fault_of<spec::Burn>(hex("08" + rep("ff", 10) + "01")) == Fault::kVarint);
  const auto most = parse_canonical<spec::Burn>(hex("08" + rep("ff", 9) + "01"), kLimit);
  REQUIRE(most.ok());
  CHECK(most->amount() == UINT64_MAX);
}

TEST_CASE("canonical: a number too wide for its field is refused", "[wire][rule:A-23]") {
  CHECK(parse_canonical<spec::SetCommission>(hex(kTo + "10ffffffff0f"), kLimit).ok());
  CHECK(fault_of<spec::SetCommission>(hex(kTo + "108080808010")) == Fault::kVarint);
}

TEST_CASE("canonical: a default written out is refused", "[wire][rule:A-23]") {
  CHECK(fault_of<spec::Burn>(hex("0800")) == Fault::kDefault);
  CHECK(fault_of<spec::DelegateStake>(hex(kTo + "10051800")) == Fault::kDefault);
  CHECK(fault_of<spec::Pair>(hex("0a01611200")) == Fault::kDefault);
  CHECK(fault_of<spec::AddRewards>(hex("1a00")) == Fault::kDefault);  // empty packed list
}

TEST_CASE("canonical: a field with presence is written iff it is present, at 0 too",
          "[wire][rule:A-23]") {
  spec::SetVotes votes;
  votes.set_node(std::string(32, '\x33'));
  CHECK(base::to_hex(write_canonical(votes)) == kTo);
  votes.set_write_price(0);
  CHECK(base::to_hex(write_canonical(votes)) == kTo + "1800");
  const auto back = parse_canonical<spec::SetVotes>(hex(kTo + "1800"), kLimit);
  REQUIRE(back.ok());
  CHECK(back->has_write_price());
  CHECK_FALSE(back->has_storage_price());
}

TEST_CASE("canonical: unknown fields are refused at every level", "[wire][rule:A-23]") {
  CHECK(fault_of<spec::Burn>(hex("08051001")) == Fault::kUnknownField);
  CHECK(fault_of<spec::Operation>(hex("1204"
                                      "08051001")) == Fault::kUnknownField);
  CHECK(fault_of<spec::Burn>(hex("0001")) == Fault::kUnknownField);          // field number 0
  CHECK(fault_of<spec::Burn>(hex("f8ffffff7f01")) == Fault::kUnknownField);  // beyond 2^29 - 1
}

TEST_CASE("canonical: another wire type is refused, groups too", "[wire][rule:A-23]") {
  CHECK(fault_of<spec::Burn>(hex("0a0105")) == Fault::kWireType);
  CHECK(fault_of<spec::Burn>(hex("0b0c")) == Fault::kWireType);  // start and end of a group
  CHECK(fault_of<spec::Burn>(hex("0d05000000")) == Fault::kWireType);
  CHECK(fault_of<spec::Transfer>(hex("0805")) == Fault::kWireType);
  CHECK(fault_of<spec::AddRewards>(hex("1805")) == Fault::kWireType);  // not packed
}

TEST_CASE("canonical: a packed list has one record and whole numbers", "[wire][rule:A-23]") {
  const auto list = parse_canonical<spec::AddRewards>(hex("1a03058001"), kLimit);
  REQUIRE(list.ok());
  CHECK(list->amounts_size() == 2);
  CHECK(list->amounts(1) == 128);
  CHECK(parse_canonical<spec::AddRewards>(hex("1a0100"), kLimit).ok());  // an element may be 0
  CHECK(fault_of<spec::AddRewards>(hex("1a01051a0105")) == Fault::kOrder);
  CHECK(fault_of<spec::AddRewards>(hex("1a0205")) == Fault::kTruncated);
  CHECK(fault_of<spec::AddRewards>(hex("1a0180")) == Fault::kTruncated);
  CHECK(fault_of<spec::AddRewards>(hex("1a028000")) == Fault::kVarint);
  CHECK(fault_of<spec::EpochCommitteeChosen>(hex("08011a0180"
                                                 "01")) == Fault::kTruncated);
  CHECK(fault_of<spec::AddRewards>(hex("1ae907" + rep("05", 1001))) == Fault::kCount);
}

TEST_CASE("canonical: bool and enum hold declared values only", "[wire][rule:A-23]") {
  CHECK(parse_canonical<spec::DelegateStake>(hex(kTo + "10051801"), kLimit).ok());
  CHECK(fault_of<spec::DelegateStake>(hex(kTo + "10051802")) == Fault::kBool);
  CHECK(parse_canonical<spec::TokenBurned>(hex("08011005"), kLimit).ok());
  CHECK(fault_of<spec::TokenBurned>(hex("08631005")) == Fault::kEnum);
  CHECK(fault_of<spec::TokenBurned>(hex("08" + rep("ff", 9) + "01")) == Fault::kEnum);
}

TEST_CASE("canonical: a oneof has exactly one member", "[wire][rule:A-23]") {
  CHECK(fault_of<spec::Operation>(hex("")) == Fault::kOneof);
  CHECK(fault_of<spec::Operation>(hex("0a24" + kTo + "1005" + "12020805")) == Fault::kOneof);
  CHECK(parse_canonical<spec::Operation>(hex("12020805"), kLimit).ok());
  CHECK(
      parse_canonical<spec::Operation>(hex("1200"), kLimit).ok());  // Burn of 0: a rule refuses it
}

TEST_CASE("canonical: ids, signatures and texts keep their length", "[wire][rule:A-23]") {
  CHECK(fault_of<spec::Transfer>(hex("0a1f" + rep("33", 31) + "1005")) == Fault::kLength);
  CHECK(fault_of<spec::Transfer>(hex("0a21" + rep("33", 33) + "1005")) == Fault::kLength);
  CHECK(fault_of<spec::Pair>(hex("0a41" + rep("61", 65))) == Fault::kLength);
  CHECK(fault_of<spec::AttestSync>(hex("0aa901" + rep("61", 169))) == Fault::kLength);
  CHECK(fault_of<spec::ExtendBlob>(hex(kTo + "2200")) == Fault::kLength);
}

TEST_CASE("canonical: what must be there is demanded", "[wire][rule:A-23]") {
  CHECK(fault_of<spec::Transfer>(hex("1005")) == Fault::kMissing);
  CHECK(fault_of<spec::Transfer>(hex("")) == Fault::kMissing);
  CHECK(fault_of<spec::Envelope>(hex("")) == Fault::kMissing);
  CHECK(fault_of<spec::Body>(hex("0a20" + rep("11", 32) + "1001")) == Fault::kMissing);
  CHECK(fault_of<spec::CertifyBlob>(hex(kTo)) == Fault::kMissing);
  CHECK(fault_of<spec::WithdrawStake>(hex("")) == Fault::kCount);
}

TEST_CASE("canonical: counts keep to their limits", "[wire][rule:A-23]") {
  std::string stakes;
  for (int i = 0; i < 64; ++i) stakes += kTo;
  CHECK(parse_canonical<spec::WithdrawStake>(hex(stakes), kLimit).ok());
  CHECK(fault_of<spec::WithdrawStake>(hex(stakes + kTo)) == Fault::kCount);
  CHECK(fault_of<spec::Batch>(hex("0801")) == Fault::kCount);
}

TEST_CASE("canonical: text is UTF-8", "[wire][rule:A-23]") {
  CHECK(parse_canonical<spec::Pair>(hex("0a02c3bc"), kLimit).ok());
  CHECK(fault_of<spec::Pair>(hex("0a02c328")) == Fault::kUtf8);
}

TEST_CASE("canonical: size and depth are capped", "[wire][rule:A-23]") {
  const Bytes bytes = write_canonical(sample::transfer_body());
  CHECK(parse_canonical<spec::Body>(bytes, bytes.size()).ok());
  CHECK(fault_of<spec::Body>(bytes, bytes.size() - 1) == Fault::kTooLarge);
  spec::Operation operation;
  operation.mutable_burn()->set_amount(1);
  for (int i = 0; i < 3; ++i) {
    spec::Operation outer;
    *outer.mutable_batch()->add_operations() = operation;
    operation = outer;
  }
  CHECK(parse_canonical<spec::Operation>(write_canonical(operation), kLimit).ok());
  spec::Operation outer;
  *outer.mutable_batch()->add_operations() = operation;
  CHECK(fault_of<spec::Operation>(write_canonical(outer)) == Fault::kTooDeep);
}

TEST_CASE("canonical: an error names place and field", "[wire]") {
  const auto parsed = parse_canonical<spec::Operation>(hex("12020800"), kLimit);
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().where == "wald.spec.Burn.amount");
  CHECK(parsed.error().offset == 4);
  CHECK(std::string(fault_name(parsed.error().fault)) == "default written out");
}

TEST_CASE("canonical: a posting is written by name as it is by reflection", "[wire][rule:A-23]") {
  // A message made from the description alone takes the general way.
  google::protobuf::DynamicMessageFactory factory;
  const auto* type = factory.GetPrototype(spec::Posting::descriptor());
  base::Prng prng(23);
  for (int i = 0; i < 2'000; ++i) {
    spec::Posting posting;
    if (prng.below(4) != 0) posting.set_table(static_cast<std::uint32_t>(prng.below(1 << 9)));
    if (prng.below(4) != 0) posting.set_key(base::string_of(prng.bytes(prng.below(300))));
    if (prng.below(4) != 0) posting.set_field(std::string(prng.below(70), 'f'));
    if (prng.below(4) != 0) posting.set_before(prng.next() >> prng.below(64));
    if (prng.below(4) != 0) posting.set_after(prng.next() >> prng.below(64));
    const std::unique_ptr<google::protobuf::Message> other(type->New());
    REQUIRE(other->ParseFromString(posting.SerializeAsString()));
    REQUIRE(write_canonical(posting) == write_canonical(*other));
  }
}

}  // namespace
}  // namespace wald::wire
