// SPDX-License-Identifier: Apache-2.0
#include "node/demo/affairs.h"

#include <cstdio>

#include "codec/base/text.h"
#include "node/os/files.h"
#include "node/reflect/units.h"

namespace wald::demo {
namespace {

constexpr std::uint64_t kPrice = 11'000'000;  // a tenth above that of the genesis

}  // namespace

// The client buys a bucket and lets delegator-1 put blobs in; it gives back half of what is unused.
Step<void> Affairs::fill_bucket(const std::string& file) {
  const Person& owner = network_.client();
  const Person& guest = network_.delegators()[0];
  TRY(desk_.wal(owner, {"bucket", "create", "--size", "4MiB", "--epochs", std::to_string(kEpochs),
                        "--max-cost", "100WAL"}));
  TRY_ASSIGN(const boost::json::array buckets,
             desk_.list("/v1/accounts/" + base::shown_hex(owner.account.view()) + "/buckets"));
  if (buckets.size() != 1) return broken("one bucket of the client");
  const std::string id = text_in(buckets[0], "id");
  const std::vector<std::string> store{"blob", "store",      file,    "--bucket",
                                       id,     "--max-cost", "100WAL"};
  if (desk_.wal(guest, store).ok()) return broken("nobody fills a bucket without the right to");
  TRY(desk_.wal(owner, {"bucket", "grant", id, guest.name, "register"}));
  TRY_ASSIGN(const auto stored, desk_.wal(guest, store));
  TRY(desk_.wal(owner, {"bucket", "shrink", id, "--percent", "50"}));
  TRY_ASSIGN(const auto bucket, desk_.ask("/v1/buckets/" + id));
  std::printf(
      "  %s puts a blob into the client's bucket: %llu of %llu bytes in use, %llu given back\n",
      guest.name.c_str(), static_cast<unsigned long long>(number_in(bucket, "used")),
      static_cast<unsigned long long>(number_in(bucket, "size")),
      static_cast<unsigned long long>((4u << 20) - number_in(bucket, "size")));
  if (number_in(bucket, "blobs") != 1 ||
      number_in(bucket, "used") != number_in(bucket, "certified") ||
      number_in(bucket, "used") != number_in(stored, "encodedLength"))
    return broken("a bucket that counts the certified blob inside");
  const std::string out = network_.dir() + "/read-back";
  TRY(desk_.wal(guest, {"blob", "read", "--blob-id=" + text_in(stored, "blobId"), "-o", out}));
  const auto was = os::read_file(file, 1u << 20);
  const auto now = os::read_file(out, 1u << 20);
  if (!was.ok() || !now.ok() || *was != *now) return broken("the blob of the bucket reads back");
  return {};
}

// The client shares a blob, the donor pays into its fund, delegator-2 prolongs it from there.
Step<void> Affairs::share(const std::string& object) {
  const std::string path = "/v1/blob-objects/" + object;
  TRY_ASSIGN(const std::uint64_t end, desk_.number(path, "end"));
  TRY(desk_.wal(network_.client(), {"storage", "share", object, "--price-limit", "1WAL"}));
  TRY(desk_.wal(network_.donor(), {"storage", "fund", object, "200WAL"}));
  TRY(desk_.wal(network_.delegators()[1], {"storage", "extend", object, "--epochs", "1",
                                           "--max-cost", "200WAL", "--from-fund"}));
  TRY_ASSIGN(const auto blob, desk_.ask(path));
  if (number_in(blob, "end") != end + 1) return broken("a shared blob that lasts an epoch longer");
  const std::uint64_t left = number_in(blob.at("fund"), "amount");
  std::printf("  the client shares a blob, the donor funds it, delegator-2 prolongs it: %s left\n",
              reflect::format_wal(left).c_str());
  if (left == 0 || left >= 200 * std::uint64_t{1'000'000'000})
    return broken("the fund of the blob paid");
  return {};
}

// All operators ask for the same: what two thirds of the shards hold with is the price.
Step<void> Affairs::vote_on_price() {
  for (std::size_t i = 0; i < kOperators; ++i) {
    const Member& member = network_.members()[i];
    spec::Operation op;
    op.mutable_set_votes()->set_node(base::string_of(member.node.view()));
    op.mutable_set_votes()->set_storage_price(kPrice);
    TRY(desk_.send(member.owner, op));
  }
  TRY_ASSIGN(const std::uint64_t epoch, desk_.number("/v1/epoch", "epoch"));
  voted_in_ = static_cast<std::uint32_t>(epoch);
  std::printf("  the operators vote for %llu FROST a unit and epoch of storage\n",
              static_cast<unsigned long long>(kPrice));
  return {};
}

Step<void> Affairs::check_price(std::uint32_t epoch) {
  if (!voted_in_ || epoch <= *voted_in_) return {};
  TRY_ASSIGN(const std::uint64_t price, desk_.number("/v1/storage/prices", "storagePrice"));
  if (price != kPrice) return broken("the price that all operators voted for");
  TRY_ASSIGN(const boost::json::array changes, desk_.events("storage.priceChanged"));
  if (changes.empty()) return broken("an event of the price");
  const auto& body = changes.back().at("body");
  std::printf("  the price of storage is %llu FROST from epoch %u on, after %llu\n",
              static_cast<unsigned long long>(price), *voted_in_ + 1,
              static_cast<unsigned long long>(number_in(body, "before")));
  voted_in_.reset();
  return {};
}

// A ballot to burn the commission of who fell silent. The others say yes; delegator-4 says no with
// the shards that its own stake stands for, and they leave the vote of its node.
Step<void> Affairs::accuse(const Member& silent) {
  accused_ = &silent;
  spec::Operation op;
  op.mutable_propose()->set_title("Burn the commission of " + silent.name);
  op.mutable_propose()->set_text("It answers no challenge and serves no sliver.");
  op.mutable_propose()->mutable_slash()->set_node(base::string_of(silent.node.view()));
  TRY(desk_.send(network_.donor(), op));
  for (std::size_t i = 0; i < kOperators; ++i) {
    const Member& member = network_.members()[i];
    if (&member == &silent) continue;
    spec::Operation vote;
    vote.mutable_vote()->set_proposal(1);
    vote.mutable_vote()->set_yes(true);
    vote.mutable_vote()->set_node(base::string_of(member.node.view()));
    TRY(desk_.send(member.owner, vote));
  }
  TRY_ASSIGN(const std::uint64_t before, desk_.number("/v1/gov/proposals/1", "weightFor"));
  const Person& voter = network_.delegators()[3];
  TRY_ASSIGN(const boost::json::array stakes,
             desk_.list("/v1/accounts/" + base::shown_hex(voter.account.view()) + "/stakes"));
  if (stakes.size() != 1) return broken(voter.name + " owns exactly one stake");
  const auto stake = base::from_hex(text_in(stakes[0], "id").substr(2));
  if (!stake) return broken("a stake id");
  spec::Operation own;
  own.mutable_vote()->set_proposal(1);
  own.mutable_vote()->add_stakes(base::string_of(*stake));
  TRY(desk_.send(voter, own));
  TRY_ASSIGN(const auto ballot, desk_.ask("/v1/gov/proposals/1"));
  const std::uint64_t yes = number_in(ballot, "weightFor"), no = number_in(ballot, "weightAgainst");
  std::printf("  ballot 1, to burn the commission of %s: yes %.3f shards, %s alone says no: %.3f\n",
              silent.name.c_str(), static_cast<double>(yes) / 1e6, voter.name.c_str(),
              static_cast<double>(no) / 1e6);
  if (no == 0 || yes + no != before)
    return broken("a delegator's part leaves its node's vote and counts as it says");
  deadline_ = static_cast<std::uint32_t>(number_in(ballot.at("deadline"), "epoch"));
  return {};
}

Step<void> Affairs::execute(std::uint32_t epoch) {
  if (!deadline_ || epoch < *deadline_) return {};
  TRY(desk_.until("ballot 1 is counted", 30'000, [&]() -> Step<bool> {
    TRY_ASSIGN(const auto ballot, desk_.ask("/v1/gov/proposals/1"));
    return text_in(ballot, "state") != "open";
  }));
  spec::Operation op;
  op.mutable_execute_proposal()->set_proposal(1);
  TRY(desk_.send(network_.client(), op));
  TRY_ASSIGN(const boost::json::array slashes, desk_.events("slash.executed"));
  if (slashes.size() != 1) return broken("one slash");
  const auto& body = slashes[0].at("body");
  const std::uint64_t burned = number_in(body, "escrow") + number_in(body, "free");
  std::printf("  ballot 1 passed and is executed: %s loses %s of commission\n",
              accused_->name.c_str(), reflect::format_wal(burned).c_str());
  if (text_in(body, "node") != base::shown_hex(accused_->node.view()) || burned == 0)
    return broken("the commission of " + accused_->name + " is burned");
  deadline_.reset();
  return {};
}

Step<void> Affairs::settle(std::uint32_t epoch) {
  TRY(check_price(epoch));
  return execute(epoch);
}

Step<void> Affairs::expect_done() const {
  if (voted_in_) return broken("the vote on the price took effect");
  if (deadline_ || accused_ == nullptr) return broken("the ballot was executed");
  return {};
}

}  // namespace wald::demo
