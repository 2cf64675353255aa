// SPDX-License-Identifier: Apache-2.0
#include "node/store/layer.h"

#include <catch2/catch.hpp>
#include <map>

#include "codec/base/prng.h"
#include "node/store/state_store.h"

using namespace wald;
using namespace wald::store;

TEST_CASE("layer: a stack answers as the last writer would, and stays shallow", "[node][store]") {
  base::Prng prng(5);
  std::map<std::pair<Table, base::Bytes>, std::optional<base::Bytes>> model;
  std::vector<LayerPtr> stack;
  for (int block = 0; block < 500; ++block) {
    std::map<std::pair<Table, base::Bytes>, std::optional<base::Bytes>> changes;
    for (std::uint64_t n = prng.below(20); n > 0; --n) {
      std::optional<base::Bytes> value;
      if (prng.below(3) != 0) value = prng.bytes(3);
      changes[{static_cast<Table>(prng.below(2)), prng.bytes(1 + prng.below(2))}] = value;
    }
    std::vector<Row> rows;
    for (const auto& [at, value] : changes) {
      rows.insert(rows.begin(), Row{at.first, at.second, value});
      model[at] = value;
    }
    add_layer(stack, std::make_shared<const Layer>(std::move(rows)));
    for (std::size_t i = 1; i < stack.size(); ++i)
      REQUIRE(stack[i - 1]->size() >= 2 * stack[i]->size());
  }
  REQUIRE(stack.size() <= 14);
  for (const auto& [at, value] : model) {
    const Row* found = nullptr;
    for (const LayerPtr& layer : stack)
      if (const Row* row = layer->find(at.first, at.second)) found = row;
    REQUIRE(found != nullptr);
    REQUIRE(found->value == value);
  }
  REQUIRE(stack[0]->find(Table::kMisc, base::Bytes{1}) == nullptr);
}
