// SPDX-License-Identifier: Apache-2.0
// The form `system` of economics.json: ring, purchases, storage pools, rewards (S-2 to S-6, R-2 to
//
#include <algorithm>

#include "economics/resources.h"
#include "tests/economics/case_world.h"

namespace wald::economics::cases {
namespace {

struct Bucket {
  Resource resource;
  std::uint64_t used = 0;
};

class SystemWorld {
 public:
  explicit SystemWorld(const json::object& input) {
    params_.horizon = u64(input.at("horizon"));
    capacity_ = u64(input.at("capacity"));
    price_ = u64(input.at("storage_price"));
    write_price_ = u64(input.at("write_price"));
    ring_ = open_ring(Epoch(0), params_.horizon);
    for (const auto& item : input.at("members").as_array()) {
      names_.push_back(text(item.as_array().at(0)));
      MemberScore score;
      score.weight = Weight(u16(item.as_array().at(1)));
      scores_.push_back(score);
      shards_ += score.weight.value();
    }
    if (const auto* rates = input.if_contains("subsidy1")) {
      subsidised_.buyer = u64(rates->at("buyer"));
      subsidised_.system = u64(rates->at("sys_rate"));
      subsidy_ = amount(rates->at("pool"));
    }
    subsidised_.horizon = params_.horizon;
  }

  void play(const json::object& op, json::object& values) {
    const std::string name = text(op.at("op"));
    if (storage_op(name, op, values) || bucket_op(name, op, values)) return;
    money_op(name, op, values);
  }

 private:
  static void answer(const json::object& op, const char* as, json::object& values,
                     const json::value& value) {
    if (op.contains(as)) values[op.at(as).as_string()] = value;
  }

  Epoch now() const { return ring_.slots.front().epoch; }

  Purchase purchase(std::uint64_t size, SlotRange range, const Params& params, Amount fund) {
    PurchaseTerms terms{};
    terms.size = size;
    terms.range = range;
    terms.price = price_;
    terms.capacity = capacity_;
    return accepted(buy(ring_, terms, fund, params));
  }

  Purchase reserve(const std::string& id, std::uint64_t size, std::uint64_t epochs,
                   const Params& params, Amount fund) {
    const Purchase done = purchase(size, SlotRange{0, epochs}, params, fund);
    resources_[id] = {now(), ring_.slots[epochs - 1].epoch.next(), size};
    return done;
  }

  // The same bytes for `epochs` more, from the end of what is there.
  Purchase extend(Resource& resource, std::uint64_t epochs, const Params& params, Amount fund) {
    if (resource.end < now()) throw Refused{Refusal::kBadRange, std::nullopt};
    const std::uint64_t from = resource.end.value() - now().value();
    const Purchase done = purchase(resource.size, SlotRange{from, from + epochs}, params, fund);
    resource.end = ring_.slots[from + epochs - 1].epoch.next();
    return done;
  }

  // The cost must be covered before anything happens.
  json::value pay(const json::object& op, const Ring& before, Amount fund_before,
                  const Purchase& done) {
    const auto change = amount(op.at("payment")).minus(done.paid);
    if (!change.ok()) {
      ring_ = before;
      subsidy_ = fund_before;
      throw Refused{change.error(), std::nullopt};
    }
    subsidy_ = accepted(subsidy_.minus(accepted(done.buyer_part.plus(done.system_part))));
    return json::string(dec(change.value()));
  }

  Resource& resource(const json::object& op) {
    const auto found = resources_.find(text(op.at("id")));
    if (found == resources_.end()) throw Malformed("unknown resource");
    return found->second;
  }

  Bucket& bucket(const json::object& op) {
    const auto found = buckets_.find(text(op.at("id")));
    if (found == buckets_.end()) throw Malformed("unknown storage pool");
    return found->second;
  }

  // Room for the encoded blob, then the write fee (S-3).
  Amount write(std::uint64_t length, std::uint64_t room_bytes, std::uint64_t& encoded) {
    encoded = accepted(encoded_size(length, shards_));
    if (encoded > room_bytes) throw Refused{Refusal::kCapacity, std::nullopt};
    const Amount fee = accepted(write_fee(encoded, write_price_));
    accepted(pay_write_fee(ring_, fee));
    return fee;
  }

  bool storage_op(const std::string& name, const json::object& op, json::object& values) {
    if (name == "reserve") {
      const Purchase done =
          reserve(text(op.at("id")), u64(op.at("size")), u64(op.at("epochs")), params_, Amount());
      answer(op, "cost_as", values, json::string(dec(done.total)));
    } else if (name == "reserve_range") {
      const SlotRange range = accepted(slots_of(ring_, epoch(op.at("start")), epoch(op.at("end"))));
      const Purchase done = purchase(u64(op.at("size")), range, params_, Amount());
      resources_[text(op.at("id"))] = {ring_.slots[range.from].epoch,
                                       ring_.slots[range.to - 1].epoch.next(), u64(op.at("size"))};
      answer(op, "cost_as", values, json::string(dec(done.total)));
    } else if (name == "register") {
      std::uint64_t encoded = 0;
      const Amount fee = write(u64(op.at("length")), resource(op).size, encoded);
      answer(op, "cost_as", values, json::string(dec(fee)));
    } else if (name == "extend") {
      const Purchase done = extend(resource(op), u64(op.at("epochs")), params_, Amount());
      answer(op, "cost_as", values, json::string(dec(done.total)));
    } else if (name == "sub1_reserve") {
      const Ring before = ring_;
      const Purchase done = reserve(text(op.at("id")), u64(op.at("size")), u64(op.at("epochs")),
                                    subsidised_, subsidy_);
      answer(op, "payment_as", values, pay(op, before, subsidy_, done));
    } else if (name == "sub1_extend") {
      const Ring before = ring_;
      const Purchase done = extend(resource(op), u64(op.at("epochs")), subsidised_, subsidy_);
      answer(op, "payment_as", values, pay(op, before, subsidy_, done));
    } else {
      return false;
    }
    return true;
  }

  bool bucket_op(const std::string& name, const json::object& op, json::object& values) {
    if (name == "sp_create") {
      const std::uint64_t epochs = u64(op.at("epochs"));
      const Purchase done = purchase(u64(op.at("size")), SlotRange{0, epochs}, params_, Amount());
      buckets_[text(op.at("id"))] = {
          {now(), ring_.slots[epochs - 1].epoch.next(), u64(op.at("size"))}, 0};
      answer(op, "cost_as", values, json::string(dec(done.total)));
    } else if (name == "sp_wrap") {
      const json::array& parts = op.at("storage").as_array();
      buckets_[text(op.at("id"))] = {{epoch(parts.at(0)), epoch(parts.at(1)), u64(parts.at(2))}, 0};
    } else if (name == "sp_register") {
      Bucket& into = bucket(op);
      std::uint64_t encoded = 0;
      const Amount fee = write(u64(op.at("length")), into.resource.size - into.used, encoded);
      into.used += encoded;
      answer(op, "cost_as", values, json::string(dec(fee)));
    } else if (name == "sp_extend") {
      const Purchase done = extend(bucket(op).resource, u64(op.at("epochs")), params_, Amount());
      answer(op, "cost_as", values, json::string(dec(done.total)));
    } else if (name == "sp_grow") {
      Resource& grown = bucket(op).resource;
      const SlotRange range = accepted(slots_of(ring_, grown.start, grown.end));
      const Purchase done = purchase(u64(op.at("size")), range, params_, Amount());
      grown.size += u64(op.at("size"));
      answer(op, "cost_as", values, json::string(dec(done.total)));
    } else if (name == "sp_shrink_percent") {
      Bucket& shrunk = bucket(op);
      const std::uint64_t given =
          accepted(shrink(shrunk.resource.size, shrunk.used, u64(op.at("percent"))));
      shrunk.resource.size -= given;
      answer(op, "as", values, json::string(dec(given)));
    } else {
      return false;
    }
    return true;
  }

  void money_op(const std::string& name, const json::object& op, json::object& values) {
    if (name == "add_subsidy") {
      accepted(top_up(ring_, amount(op.at("amount")), u64(op.at("epochs"))));
    } else if (name == "deny") {
      const auto found = std::find(names_.begin(), names_.end(), text(op.at("node")));
      if (found == names_.end()) throw Malformed("unknown member");
      scores_[static_cast<std::size_t>(found - names_.begin())].denied = u64(op.at("size"));
    } else if (name == "burn") {
      const Pot pot = make_pot(ring_.slots.front().money, params_.burn_bps);
      ring_.slots.front().money = pot.pot;
      answer(op, "as", values, json::string(dec(pot.burn)));
    } else if (name == "advance") {
      advance(op, values);
    } else if (name == "observe") {
      answer(op, "as", values, observed(text(op.at("what")), op));
    } else {
      throw Malformed("unknown op " + name);
    }
  }

  void advance(const json::object& op, json::object& values) {
    const Slot& slot = ring_.slots.front();
    const PotSplit split = split_pot(slot.money, slot.used, scores_, params_.kappa);
    json::object rewards;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      rewards[names_[i]] = dec(split.rows[i].reward);
    }
    answer(op, "rewards_as", values, rewards);
    const Amount leftover = accepted(split.unspent.plus(split.carry));
    answer(op, "leftover_as", values, json::string(dec(leftover)));
    accepted(pop(ring_, now(), split.carry));
    capacity_ = std::max(u64(op.at("capacity")), ring_.slots.front().used);
  }

  json::value observed(const std::string& what, const json::object& op) {
    if (what == "rewards" || what == "used_ring" || what == "ring_epochs") {
      json::array list;
      const std::uint64_t count = u64_or(op, "slots", ring_.slots.size());
      if (count > ring_.slots.size()) throw Refused{Refusal::kBadRange, std::nullopt};
      for (std::size_t k = 0; k < count; ++k) {
        const Slot& slot = ring_.slots[k];
        list.push_back(json::string(what == "rewards"     ? dec(slot.money)
                                    : what == "used_ring" ? dec(slot.used)
                                                          : dec(slot.epoch)));
      }
      return list;
    }
    return json::string(number(what, op));
  }

  std::string number(const std::string& what, const json::object& op) {
    if (what == "used") return dec(ring_.slots.front().used);
    if (what == "capacity") return dec(capacity_);
    if (what == "epoch") return dec(now());
    if (what == "sub1_pool") return dec(subsidy_);
    if (what == "slot") {
      const std::uint64_t offset = u64(op.at("offset"));
      if (offset >= ring_.slots.size()) throw Refused{Refusal::kBadRange, std::nullopt};
      return dec(ring_.slots[offset].epoch);
    }
    if (what == "storage_end") {
      const auto found = buckets_.find(text(op.at("id")));
      return dec(found == buckets_.end() ? resource(op).end : found->second.resource.end);
    }
    if (what == "sp_reserved") return dec(bucket(op).resource.size);
    if (what == "sp_used") return dec(bucket(op).used);
    if (what == "sp_available") return dec(bucket(op).resource.size - bucket(op).used);
    throw Malformed("unknown observation " + what);
  }

  Params params_ = case_params();
  Params subsidised_ = case_params();
  std::uint64_t capacity_ = 0;
  std::uint64_t price_ = 0;
  std::uint64_t write_price_ = 0;
  std::uint64_t shards_ = 0;
  Ring ring_;
  Amount subsidy_;
  std::vector<std::string> names_;
  std::vector<MemberScore> scores_;
  std::map<std::string, Resource> resources_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace

CaseAnswer system_case(const json::object& input) {
  SystemWorld world(input);
  return play_ops(world, input.at("ops").as_array());
}

}  // namespace wald::economics::cases
